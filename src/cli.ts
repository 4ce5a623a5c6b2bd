#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createApp, outside } from './app.ts';
import type { Answer, Run, Terminal } from './commands/command.ts';
import { printable } from './commands/text.ts';
import { ConfigError, environment, loadConfig } from './config.ts';
import { type Day, parseDay } from './lib/day.ts';

// Whoever reads the output may leave early, as `head` does.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

// Commands are loaded when they are called, so that --help and wrong usage answer at once.
const program = new Command('paperboy')
  .description(
    "The day's trending research papers on your topics, by e-mail: the steps of a day and the operator's verbs.",
  )
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
  .showHelpAfterError('(add --help for usage)')
  .addHelpText(
    'after',
    '\nExit status: 0 done, 1 failed, 2 wrong usage or settings. Settings: see .env.example.',
  );

verb('ingest', 'read the sources: papers and their votes')
  .addOption(dateOption('the day whose lists are read (default: every day that editions still draw on)'))
  .action(({ date }) => run(async () => (await import('./commands/steps.ts')).runIngest(date)));

verb('publish', "make a day's edition: heat and topic matches")
  .addOption(dateOption('the day (default: the latest whose list is complete)'))
  .action(({ date }) => run(async () => (await import('./commands/steps.ts')).runPublish(date)));

verb('compose', 'write a delivery for every subscriber whose hour has come')
  .option('--now', 'for everybody who has not had the latest edition, whatever their hour')
  .action(({ now = false }) => run(async () => (await import('./commands/steps.ts')).runCompose(now)));

verb('deliver', 'send what is waiting: digests and letters').action(() =>
  run(async () => (await import('./commands/steps.ts')).runDeliver),
);

verb('day', 'ingest, publish, compose and deliver, in this order')
  .addOption(dateOption('the day (default: the latest whose list is complete)'))
  .option('--now', 'to everybody who has not had the edition, whatever their hour')
  .action(({ date, now = false }) =>
    run(async () => (await import('./commands/steps.ts')).runDay(date, now)),
  );

verb('preview', 'what the digest of some topics would be; nothing is stored or sent')
  .requiredOption('--topics <topics>', 'topics, separated by semicolons')
  .addOption(dateOption('the edition (default: the latest)'))
  .option('--out <dir>', 'write html, txt and eml files there instead of printing the text')
  .action(({ topics, date, out }) =>
    run(async () => (await import('./commands/preview.ts')).runPreview(topics, date, out)),
  );

verb('subscribe', 'sign an address up; it gets a confirmation, as from the site')
  .argument('<address>')
  .requiredOption('--topics <topics>', 'topics, separated by semicolons')
  .option('--time-zone <zone>', 'IANA name')
  .option('--send-hour <hour>', '0 to 23')
  .option('--frequency <how>', 'daily, weekdays or weekly')
  .option('--max-papers <n>', '1 to 20')
  .action((email, { json: _json, ...rest }) =>
    run(async () => (await import('./commands/readers.ts')).runSubscribe({ email, ...rest })),
  );

const subscribers = program.command('subscribers').description('readers in and out, as CSV');
verb(
  'import',
  'sign up everybody in a CSV file with the columns email and topics (semicolons between)',
  subscribers,
)
  .argument('<file>')
  .option('--consent <words>', 'where and when these readers agreed: they are active at once, unasked')
  .option('--dry-run', 'read and judge the file, store nothing')
  .action((file, { consent, dryRun }) =>
    run(async () => (await import('./commands/import.ts')).runImport(file, { consent, dryRun })),
  );
verb('export', 'all subscribers as CSV on standard output', subscribers).action(() =>
  run(async () => (await import('./commands/export.ts')).runExport(process.stdout)),
);

verb('explain', 'why a paper was or was not sent to somebody')
  .argument('<address>')
  .argument('<paper>', 'its arXiv id, or its address at arXiv or Hugging Face')
  .action((address, paper) =>
    run(async () => (await import('./commands/readers.ts')).runExplain(address, paper)),
  );

verb('status', 'sources, the latest edition and what became of its digests, subscribers').action(() =>
  run(async () => (await import('./commands/status.ts')).runStatus),
);

verb('pause', 'hold all mail back, until resume').action(() =>
  run(async () => (await import('./commands/sending.ts')).runPause),
);

verb('resume', 'let mail flow again').action(() =>
  run(async () => (await import('./commands/sending.ts')).runResume),
);

verb('doctor', 'look at settings, database, mail server, DNS and site, and say what to do about each')
  .option('--send-test <address>', 'send a test message there; else none is sent')
  .option('--dns <server>', 'the DNS server to ask, an IP address (default: as this machine does)')
  .action(({ sendTest: sendTestTo, dns: server }) =>
    answer(async () => {
      const [{ runDoctor }, { Resolver }] = await Promise.all([
        import('./commands/doctor/doctor.ts'),
        import('node:dns/promises'),
      ]);
      const dns = new Resolver({ timeout: 3000, tries: 2 });
      if (server) dns.setServers([server]);
      return runDoctor({ env: environment(), outside, dns, sendTestTo });
    }),
  );

verb('backup', 'write all tables and the secret into a new file, beside a running service too')
  .argument('<file>')
  .action((file) =>
    answer(async (terminal) =>
      (await import('./commands/backup.ts')).runBackup(file, { config: loadConfig(), outside, terminal }),
    ),
  );

verb('restore', 'read a backup into an empty database, and bring its tables up to date')
  .argument('<file>')
  .action((file) =>
    answer(async (terminal) =>
      (await import('./commands/restore.ts')).runRestore(file, { config: loadConfig(), terminal }),
    ),
  );

verb('erase', "remove a subscriber's data; the address stays suppressed, as a keyed hash")
  .argument('<address>')
  .action((address) => run(async () => (await import('./commands/readers.ts')).runErase(address)));

verb('unsuppress', 'let an address sign up again that bounced, complained or was erased')
  .argument('<address>')
  .action((address) => run(async () => (await import('./commands/readers.ts')).runUnsuppress(address)));

verb('inbound', 'take one mail from standard input: a bounce, a complaint, a wish to leave or to subscribe')
  .option('--to <address>', "the envelope's recipient (default: as the headers say)")
  .option('--from <address>', "the envelope's sender, empty for a bounce (default: as the headers say)")
  .action(({ json: _json, ...envelope }) =>
    run(async () => (await import('./commands/inbound.ts')).runInbound(envelope, process.stdin)),
  );

verb('migrate', 'bring the tables up to date, as every start does').action(() =>
  run(async () => async () => ({ data: { migrated: true }, lines: ['The tables are up to date.'] })),
);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

function verb(name: string, description: string, parent = program): Command {
  return parent.command(name).description(description).option('--json', 'answer as JSON, for scripts');
}

function dateOption(description: string): Option {
  return new Option('--date <YYYY-MM-DD>', description).argParser((text): Day => {
    const day = parseDay(text);
    if (!day) throw new InvalidArgumentError('It is not a day such as 2026-05-07.');
    return day;
  });
}

/** Opens the app, runs a verb and answers with what it says. */
function run(load: () => Promise<Run>): Promise<void> {
  return answer(async (terminal) => {
    const config = loadConfig();
    const verbToRun = await load();
    const app = await createApp({
      ...config,
      logLevel: config.logLevel === 'info' ? 'error' : config.logLevel,
    });
    return verbToRun(app, terminal).finally(() => app.close());
  });
}

/** Prints what a verb says, for people or for scripts, and sets the exit status. */
async function answer(work: (terminal: Terminal) => Promise<Answer>): Promise<void> {
  const json = process.argv.includes('--json');
  try {
    const { openTerminal } = await import('./commands/command.ts');
    const { data, lines, failed } = await work(openTerminal(json));
    if (json && data !== undefined) console.log(JSON.stringify(data));
    else if (lines.length > 0) console.log(lines.join('\n'));
    process.exitCode = failed ? 1 : 0;
  } catch (error) {
    const settings = error instanceof ConfigError;
    const message = printable(error instanceof Error ? error.message : String(error));
    console.error(json ? JSON.stringify({ error: message }) : message);
    process.exitCode = settings ? 2 : 1;
  }
}

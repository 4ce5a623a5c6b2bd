import { Resolver } from 'node:dns/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { outside } from '../app.ts';
import { loadConfig } from '../config.ts';
import { type Day, parseDay } from '../lib/day.ts';
import { answering, type Surroundings } from './answering.ts';
import { printable } from './text.ts';

/**
 * The command line: does what the arguments ask for, and gives the exit status. What a verb does is loaded when it is
 * called, so that --help and wrong usage answer at once.
 */
export async function paperboy(args: string[], surroundings: Surroundings): Promise<number> {
  const { env, stdin, stdout, stderr } = surroundings;
  const { run, answer, status } = answering(surroundings, args.includes('--json'));
  const program = new Command('paperboy');
  program
    .description(
      "The day's trending research papers on your topics, by e-mail: the steps of a day and the operator's verbs.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(printable(text)),
    })
    .showHelpAfterError('(add --help for usage)')
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 failed, 2 wrong usage or settings. Settings: see .env.example.',
    );

  verb(program, 'ingest', 'read the sources: papers and their votes')
    .addOption(dateOption('the day whose lists are read (default: every day that editions still draw on)'))
    .action(({ date }) => run(async () => (await import('./steps.ts')).runIngest(date)));

  verb(program, 'publish', "make a day's edition: heat and topic matches")
    .addOption(dateOption('the day (default: the latest whose list is complete)'))
    .action(({ date }) => run(async () => (await import('./steps.ts')).runPublish(date)));

  verb(program, 'withdraw', 'take an edition away again, as long as no digest of it is composed')
    .addOption(dateOption('the day').makeOptionMandatory())
    .action(({ date }) => run(async () => (await import('./steps.ts')).runWithdraw(date)));

  verb(program, 'compose', 'write a delivery for every subscriber whose hour has come')
    .option('--now', 'for everybody who has not had the latest edition, whatever their hour')
    .action(({ now = false }) => run(async () => (await import('./steps.ts')).runCompose(now)));

  verb(program, 'deliver', 'send what is waiting: digests and letters').action(() =>
    run(async () => (await import('./steps.ts')).runDeliver),
  );

  verb(program, 'day', 'ingest, publish, compose and deliver, in this order')
    .addOption(dateOption('the day (default: the latest whose list is complete)'))
    .option('--now', 'to everybody who has not had the edition, whatever their hour')
    .action(({ date, now = false }) => run(async () => (await import('./steps.ts')).runDay(date, now)));

  verb(program, 'preview', 'what the digest of some topics would be; nothing is stored or sent')
    .requiredOption('--topics <topics>', 'topics, separated by semicolons')
    .addOption(dateOption('the edition (default: the latest)'))
    .option('--out <dir>', 'write html, txt and eml files there instead of printing the text')
    .action(({ topics, date, out }) =>
      run(async () => (await import('./preview.ts')).runPreview(topics, date, out)),
    );

  verb(program, 'subscribe', 'sign an address up; it gets a confirmation, as from the site')
    .argument('<address>')
    .requiredOption('--topics <topics>', 'topics, separated by semicolons')
    .option('--time-zone <zone>', 'IANA name')
    .option('--send-hour <hour>', '0 to 23')
    .option('--frequency <how>', 'daily, weekdays or weekly')
    .option('--max-papers <n>', '1 to 20')
    .action((email, { json: _json, ...rest }) =>
      run(async () => (await import('./readers.ts')).runSubscribe({ email, ...rest })),
    );

  const subscribers = program.command('subscribers').description('readers in and out, as CSV');
  verb(
    subscribers,
    'import',
    'sign up everybody in a CSV file with the columns email and topics (semicolons between)',
  )
    .argument('<file>')
    .option('--consent <words>', 'where and when these readers agreed: they are active at once, unasked')
    .option('--dry-run', 'read and judge the file, store nothing')
    .action((file, { consent, dryRun }) =>
      run(async () => (await import('./import.ts')).runImport(file, { consent, dryRun })),
    );
  verb(subscribers, 'export', 'all subscribers as CSV on standard output').action(() =>
    run(async () => (await import('./export.ts')).runExport(stdout)),
  );

  verb(program, 'explain', 'why a paper was or was not sent to somebody')
    .argument('<address>')
    .argument('<paper>', 'its arXiv id, or its address at arXiv or Hugging Face')
    .action((address, paper) => run(async () => (await import('./readers.ts')).runExplain(address, paper)));

  verb(program, 'status', 'sources, the latest edition and what became of its digests, subscribers').action(
    () => run(async () => (await import('./status.ts')).runStatus),
  );

  verb(program, 'pause', 'hold all mail back, until resume').action(() =>
    run(async () => (await import('./sending.ts')).runPause),
  );

  verb(program, 'resume', 'let mail flow again').action(() =>
    run(async () => (await import('./sending.ts')).runResume),
  );

  verb(
    program,
    'doctor',
    'look at settings, database, mail server, DNS and site, and say what to do about each',
  )
    .option('--send-test <address>', 'send a test message there; else none is sent')
    .addOption(
      new Option(
        '--dns <server>',
        'the DNS server to ask, an IP address (default: as this machine does)',
      ).argParser(parseResolver),
    )
    .action(({ sendTest: sendTestTo, dns = resolver() }) =>
      answer(async () =>
        (await import('./doctor/doctor.ts')).runDoctor({
          env: env(),
          outside,
          dns,
          sendTestTo,
        }),
      ),
    );

  verb(program, 'backup', 'write all tables and the secret into a new file, beside a running service too')
    .argument('<file>')
    .action((file) =>
      answer(async (terminal) =>
        (await import('./backup.ts')).runBackup(file, { config: loadConfig(env()), outside, terminal }),
      ),
    );

  verb(program, 'restore', 'read a backup into an empty database, and bring its tables up to date')
    .argument('<file>')
    .action((file) =>
      answer(async (terminal) =>
        (await import('./restore.ts')).runRestore(file, { config: loadConfig(env()), terminal }),
      ),
    );

  verb(program, 'erase', "remove a subscriber's data; the address stays suppressed, as a keyed hash")
    .argument('<address>')
    .action((address) => run(async () => (await import('./readers.ts')).runErase(address)));

  verb(program, 'unsuppress', 'let an address sign up again that bounced, complained or was erased')
    .argument('<address>')
    .action((address) => run(async () => (await import('./readers.ts')).runUnsuppress(address)));

  verb(
    program,
    'inbound',
    'take one mail from standard input: a bounce, a complaint, a wish to leave or to subscribe',
  )
    .option('--to <address>', "the envelope's recipient (default: as the headers say)")
    .option('--from <address>', "the envelope's sender, empty for a bounce (default: as the headers say)")
    .action(({ json: _json, ...envelope }) =>
      run(async () => (await import('./inbound.ts')).runInbound(envelope, stdin)),
    );

  verb(program, 'migrate', 'bring the tables up to date, as every start does').action(() =>
    run(async () => async () => ({ data: { migrated: true }, lines: ['The tables are up to date.'] })),
  );

  try {
    await program.parseAsync(args, { from: 'user' });
    return status();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

function verb(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).option('--json', 'answer as JSON, for scripts');
}

function dateOption(description: string): Option {
  return new Option('--date <YYYY-MM-DD>', description).argParser((text): Day => {
    const day = parseDay(text);
    if (!day) throw new InvalidArgumentError('It is not a day such as 2026-05-07.');
    return day;
  });
}

function resolver(): Resolver {
  return new Resolver({ timeout: 3000, tries: 2 });
}

function parseResolver(server: string): Resolver {
  const asked = resolver();
  try {
    asked.setServers([server]);
  } catch {
    throw new InvalidArgumentError('It is not an IP address, with or without a port.');
  }
  return asked;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { startStandIn } from '../../demo/stand-in.ts';
import { paperboy as program } from '../../src/commands/program.ts';
import { appWithMailbox } from '../support/app.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-verbs-'));
const inFolder = (name: string) => join(folder, name);

const standIn = await startStandIn({
  folder: fileURLToPath(new URL('../../demo/papers', import.meta.url)),
  today: () => '2026-05-20',
});
const { app, mailbox } = await appWithMailbox();
writeFileSync(inFolder('readers.csv'), 'email,topics\ngrace@example.org,video generation\n');
afterAll(async () => {
  await standIn.close();
  rmSync(folder, { recursive: true });
});

/** Calls the program as a script does, beside whoever has the database open. */
async function paperboy(args: string[], { input = '', env = {} }: Given = {}): Promise<Said> {
  const { databaseUrl, dataDir, mailFrom, baseUrl } = app.config;
  const settings = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    SECRET: 'a secret for tests and nothing else',
    BASE_URL: baseUrl,
    MAIL_FROM: mailFrom.address,
    SMTP_URL: mailbox.url,
    SOURCES: 'huggingface',
    HF_URL: standIn.url,
    ...env,
  };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const status = await program(args, {
    env: () => settings,
    stdin: Readable.from(input ? [Buffer.from(input)] : []),
    stdout,
    stderr,
  });
  stdout.end();
  stderr.end();
  return { status, out: await text(stdout), err: await text(stderr) };
}

type Said = { status: number; out: string; err: string };

type Given = { input?: string | undefined; env?: Record<string, string | undefined> | undefined };

type Verb = Given & {
  /** What follows the verb, beside --json. */
  good: string[];
  answers: object;
  /** Wrong usage or settings, and what is said of it. */
  wrong: string[];
  says: RegExp;
};

const DATE = ['--date', '2026-05-20'];
const LATER = { wrong: ['--date', 'yesterday'], says: /not a day such as/ };
const NO_OPTIONS = { wrong: ['--loud'], says: /unknown option '--loud'/ };
const NO_ADDRESS = { wrong: ['ada'], says: /has an @/ };

/** In an order in which each finds what those before it made. */
const VERBS: Record<string, Verb> = {
  migrate: { good: [], answers: { migrated: true }, ...NO_OPTIONS },
  ingest: { good: DATE, answers: [{ source: 'huggingface', outcome: 'ok', papers: 20 }], ...LATER },
  withdraw: { good: DATE, answers: { status: 'none', date: '2026-05-20' }, ...LATER },
  publish: { good: DATE, answers: { status: 'published', date: '2026-05-20', papers: 20 }, ...LATER },
  preview: {
    good: ['--topics', 'LLM agents; video generation', '--out', inFolder('preview')],
    answers: { date: '2026-05-20', files: { length: 3 } },
    wrong: ['--topics', '"open'],
    says: /quotation mark/,
  },
  subscribe: {
    good: ['ada@example.org', '--topics', 'LLM agents', '--send-hour', '7'],
    answers: { status: 'accepted' },
    wrong: ['ada@example.org', '--topics', 'LLM agents', '--send-hour', '25'],
    says: /^sendHour: Choose an hour from 0 to 23/,
  },
  'subscribers import': {
    good: [inFolder('readers.csv'), '--consent', 'the old list, 2026'],
    answers: { accepted: 1, bad: [] },
    wrong: [],
    says: /missing required argument 'file'/,
  },
  'subscribers export': { good: [], answers: [{ status: 'pending' }, { status: 'active' }], ...NO_OPTIONS },
  compose: { good: ['--now'], answers: { edition: '2026-05-20', composed: 1 }, ...NO_OPTIONS },
  pause: { good: [], answers: { sending: 'paused' }, ...NO_OPTIONS },
  resume: { good: [], answers: { sending: 'flows' }, ...NO_OPTIONS },
  deliver: { good: [], answers: { deliveries: { sent: 1 }, letters: { sent: 1 } }, ...NO_OPTIONS },
  day: {
    good: [...DATE, '--now'],
    answers: { publish: { status: 'frozen' }, deliver: { sent: 0 } },
    ...LATER,
  },
  explain: {
    good: ['grace@example.org', '2605.19995'],
    answers: { found: true },
    wrong: ['grace@example.org', 'that paper'],
    says: /no arXiv id/,
  },
  status: {
    good: [],
    answers: { edition: { date: '2026-05-20' }, subscribers: { active: 1 } },
    ...NO_OPTIONS,
  },
  doctor: {
    good: [],
    env: { MAIL_FROM: 'digest@paperboy.example', BASE_URL: 'http://127.0.0.1:9' },
    answers: { healthy: true },
    wrong: ['--dns', 'x'],
    says: /not an IP address/,
  },
  inbound: {
    good: ['--to', 'subscribe@paperboy.test', '--from', 'joan@example.org'],
    input: 'From: Joan <joan@example.org>\nTo: subscribe@paperboy.test\nSubject: please\n\nLLM agents\n',
    answers: { received: 'asked to confirm' },
    ...NO_OPTIONS,
  },
  backup: {
    good: [inFolder('made.backup')],
    answers: { file: inFolder('made.backup') },
    wrong: [],
    says: /missing required argument 'file'/,
  },
  restore: {
    good: [inFolder('made.backup')],
    env: { DATABASE_URL: undefined, DATA_DIR: inFolder('restored') },
    answers: { rows: expect.any(Number) },
    wrong: [],
    says: /missing required argument 'file'/,
  },
  erase: { good: ['grace@example.org'], answers: { found: true }, ...NO_ADDRESS },
  unsuppress: { good: ['grace@example.org'], answers: { found: true }, ...NO_ADDRESS },
};

const verbs = Object.entries(VERBS).map(([name, verb]) => ({ name, ...verb }));

test('this file knows every verb', async () => {
  const [all, ofSubscribers] = await Promise.all([paperboy(['--help']), paperboy(['subscribers', '--help'])]);
  const listed = ({ out }: Said) =>
    [...out.matchAll(/^ {2}([a-z]+) .*\[options\]/gm)].map(([, name]) => name);
  expect([...listed(all), ...listed(ofSubscribers).map((name) => `subscribers ${name}`)].sort()).toEqual(
    Object.keys(VERBS).sort(),
  );
});

describe('every verb', () => {
  test.each(verbs)('$name tells how it is used', async ({ name }) => {
    const { status, out, err } = await paperboy([...name.split(' '), '--help']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: paperboy ${name} `));
    expect(out).toContain('--json');
  });

  test.each(verbs)('$name refuses wrong usage in words, with 2', async ({ name, wrong, says }) => {
    const { status, out, err } = await paperboy([...name.split(' '), ...wrong]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(says);
  });
});

describe('a script', () => {
  test.each(verbs)('is answered by $name', async ({ name, good, answers, input, env }) => {
    const { status, out, err } = await paperboy([...name.split(' '), ...good, '--json'], { input, env });
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const said = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(said.length === 1 ? said[0] : said.sort(byStatus)).toMatchObject(answers);
  });

  test('is told of a failure and of wrong settings as JSON too', async () => {
    const again = await paperboy(['backup', inFolder('made.backup'), '--json']);
    expect(again).toMatchObject({ status: 1, err: '' });
    expect(JSON.parse(again.out)).toEqual({ error: expect.stringContaining('is there already') });
    const lost = await paperboy(['status', '--json'], { env: { PORT: 'many' } });
    expect(lost).toMatchObject({ status: 2, out: '' });
    expect(JSON.parse(lost.err)).toEqual({ error: expect.stringContaining('PORT') });
  });
});

const byStatus = (one: { status: string }, other: { status: string }) => (one.status < other.status ? 1 : -1);

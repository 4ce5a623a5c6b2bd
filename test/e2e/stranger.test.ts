import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freePort } from '../../demo/ports.ts';
import { startStandIn } from '../../demo/stand-in.ts';
import { emptyDatabase } from '../support/empty.ts';
import { type Arrived, openMailbox } from '../support/mailbox.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Days of the demo's papers, long past, so that it matters to nobody at what hour the test runs. */
const [FIRST, LAST] = ['2026-05-19', '2026-05-20'] as const;
const READERS = 100;
const TOPICS = ['LLM agents', 'video generation', 'reinforcement learning', 'optics', 'agents -survey'];

test('a stranger sets it up, imports readers, runs a day, moves house, and goes on: nobody gets anything twice or loses a topic', {
  timeout: 600_000,
}, async () => {
  const world = mkdtempSync(join(tmpdir(), 'paperboy-stranger-'));
  onTestFinished(() => rmSync(world, { recursive: true, force: true }));
  const mailbox = await openMailbox();
  onTestFinished(mailbox.close);
  const standIn = await startStandIn({ folder: join(root, 'demo/papers'), today: () => LAST });
  onTestFinished(standIn.close);
  const { port } = await freePort(0);

  /** A folder with a `.env`, as the README has it made, and a database without a table. */
  const openPlace = (name: string, database: Record<string, string>): string => {
    const place = join(world, name);
    mkdirSync(place);
    const settings = {
      ...database,
      DATA_DIR: '.data',
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Paperboy <digest@paperboy.example>',
      BASE_URL: `http://localhost:${port}`,
      PORT: String(port),
      ADMIN_TOKEN: 'open-sesame-open-sesame',
      // The jobs of a service would make the edition of the day on which the test runs, of papers that are long past.
      ROLE: 'web',
      SECRET: 'a secret of the house that moves with it',
      SOURCES: 'huggingface',
      HF_URL: standIn.url,
    };
    const lines = Object.entries(settings).map(([setting, value]) => `${setting}="${value}"`);
    writeFileSync(
      join(place, '.env'),
      `${readFileSync(join(root, '.env.example'), 'utf8')}\n${lines.join('\n')}\n`,
      { mode: 0o600 },
    );
    return place;
  };
  const runDay = async (place: string, ...options: string[]) => {
    const before = mailbox.mails.length;
    const report = JSON.parse(await paperboy(place, 'day', '--now', '--json', ...options));
    return { report, mails: mailbox.mails.slice(before) };
  };

  // The site comes up, and the doctor is content.
  const home = openPlace('home', await emptyDatabase());
  const service = await startService(home);
  const admin = (password: string) =>
    fetch(`http://localhost:${port}/admin`, { headers: { authorization: `Bearer ${password}` } });
  expect((await admin('a guess')).status).toBe(401);
  expect(await (await admin('open-sesame-open-sesame')).text()).toContain('<h1>Overview</h1>');
  expect(await paperboy(home, 'doctor')).toMatch(/ok +tables +up to date[\s\S]*ok +one-click/);

  // Readers come in, and bad rows are named.
  writeFileSync(join(world, 'readers.csv'), readersCsv());
  const imported = await paperboy(
    home,
    'subscribers',
    'import',
    join(world, 'readers.csv'),
    '--consent',
    'list',
  );
  expect(imported).toMatch(/line 2: email: .*\nline 3: timeZone: .*\n/);
  expect(imported).toContain(`${READERS} accepted, 2 bad rows`);
  await stopService(service);

  // A day, by hand: one mail a reader, if there is anything on their topics.
  const first = await runDay(home, '--date', FIRST);
  const sent = mailbox.mails.slice();
  expect(first.report.publish).toMatchObject({ date: FIRST });
  expect(sent.length).toBeGreaterThan(READERS / 2);
  expect(new Set(sent.map(({ to }) => to)).size).toBe(sent.length);
  const readers = await paperboy(home, 'subscribers', 'export');
  expect(readers.trim().split('\n')).toHaveLength(READERS + 1);

  // It moves house, and the next day there knows all that was.
  const had = papersByReader(sent);
  expect([...had.values()].every((papers) => papers.length > 0)).toBe(true);
  let place = home;
  for (const [n, database] of (await housesToMoveTo()).entries()) {
    const backup = join(world, `${n}.backup`);
    expect(await paperboy(place, 'backup', backup)).toContain('rows are in');
    place = openPlace(`house-${n}`, database);
    expect(await paperboy(place, 'restore', backup)).toContain('are back');
    expect(await paperboy(place, 'subscribers', 'export')).toBe(readers);
    const next = await runDay(place, '--date', LAST);
    if (n > 0) {
      expect(next.mails).toEqual([]);
      continue;
    }
    expect(next.report.compose).toEqual({ edition: LAST, composed: READERS });
    expect(next.mails.length).toBe(next.report.deliver.sent);
    expect(next.mails.length).toBeGreaterThan(READERS / 2);
    expect(new Set(next.mails.map(({ to }) => to)).size).toBe(next.mails.length);
    const again = [...papersByReader(next.mails)].flatMap(([reader, papers]) =>
      papers.filter((paper) => had.get(reader)?.includes(paper)),
    );
    expect(again).toEqual([]);
  }
  const ids = mailbox.mails.map(({ parsed }) => parsed.messageId);
  expect(new Set(ids).size).toBe(ids.length);
});

function readersCsv(): string {
  const rows = Array.from({ length: READERS }, (_, n) => {
    const topics = [TOPICS[n % TOPICS.length], TOPICS[(3 * n + 1) % TOPICS.length]];
    return `reader${n}@example.org,"${topics.join('; ')}",UTC,${n % 24}`;
  });
  return [
    'email,topics,timeZone,sendHour',
    'nobody,optics,UTC,8',
    'far@example.org,optics,Mars/Olympus,8',
    ...rows,
    '',
  ].join('\n');
}

/** Out of PostgreSQL into the embedded database and back again, where there is one; else into another of the same. */
async function housesToMoveTo(): Promise<Record<string, string>[]> {
  return 'folder' in inject('template') ? [{}] : [{}, await emptyDatabase()];
}

const papersByReader = (mails: Arrived[]): Map<string, string[]> =>
  new Map(
    mails.map(({ to, parsed }) => [
      to,
      [...(parsed.text ?? '').matchAll(/arxiv\.org\/abs\/([\d.]+\d)/g)].map(([, id = '']) => id),
    ]),
  );

function start(place: string, script: string, args: string[] = []) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, script), ...args],
    {
      cwd: place,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/** What a command says, which must not fail. */
async function paperboy(place: string, ...args: string[]): Promise<string> {
  const child = start(place, 'src/cli.ts', args);
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  expect({ status, err }, `paperboy ${args.join(' ')}: ${out}`).toEqual({ status: 0, err: '' });
  return out;
}

/** The service, once it is up. */
async function startService(place: string): Promise<ChildProcess> {
  const service = start(place, 'src/main.ts');
  service.stdout.resume();
  const said: string[] = [];
  await new Promise<void>((up, down) => {
    createInterface(service.stderr).on('line', (line) => {
      said.push(line);
      if (line.includes('paperboy is up')) up();
    });
    service.once('exit', () => down(new Error(said.join('\n'))));
  });
  return service;
}

async function stopService(service: ChildProcess): Promise<void> {
  service.kill('SIGTERM');
  expect(await once(service, 'exit')).toEqual([0, null]);
}

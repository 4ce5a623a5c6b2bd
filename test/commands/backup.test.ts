import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { runBackup } from '../../src/commands/backup.ts';
import { openTerminal } from '../../src/commands/command.ts';
import { runRestore } from '../../src/commands/restore.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { openConnection } from '../../src/lib/db.ts';
import { silent } from '../../src/lib/log.ts';
import { knownMigrations, migrate } from '../../src/lib/migrate.ts';
import { appWithMailbox } from '../support/app.ts';
import { emptyDatabase } from '../support/empty.ts';
import { addEdition, addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-backup-'));
const file = join(folder, 'made.backup');
const terminal = openTerminal(true);

const SETTINGS = {
  SECRET: 'a secret for tests and nothing else',
  BASE_URL: 'https://paperboy.test',
  MAIL_FROM: 'Paperboy <digest@paperboy.test>',
  SOURCES: 'huggingface',
};
const config = (env: Record<string, string>): Config =>
  loadConfig({ ...SETTINGS, SMTP_URL: mailbox.url, ...env });
const backup = (to: string, of: Config = app.config) => runBackup(to, { config: of, outside: app, terminal });
const restore = (from: string, into: Config) => runRestore(from, { config: into, terminal });

const { app, mailbox } = await appWithMailbox({ env: { ...SETTINGS } });
await addEdition(app, [
  { id: '2605.00001', title: 'Speculative decoding, "quoted" \\ and\ttabbed', votes: 10 },
]);
await addReader(app, { topics: ['speculative decoding'] });
await addReader(app, { topics: ['decoding -survey', '"speculative decoding"'], email: 'grace@example.org' });
await app.db.suppression.create({
  data: { addressHash: 'abc', reason: 'complaint', createdAt: app.now() },
});
await compose(app);
await deliverDue(app);
await backup(file);
afterAll(async () => {
  rmSync(folder, { recursive: true });
});

/** Everything that the tables say, as text. */
async function contents(of: Config): Promise<string[]> {
  const copy = join(folder, 'contents.backup');
  rmSync(copy, { force: true });
  await backup(copy, of);
  return gunzipSync(readFileSync(copy)).toString().trim().split('\n').slice(1).sort();
}

describe('a backup', () => {
  test('of a place where no Paperboy is is refused, and nothing is made there or of it', async () => {
    const to = join(folder, 'nothing.backup');
    const none = { ...(await emptyDatabase()), DATA_DIR: join(folder, 'nowhere') };
    const { SECRET: _, ...rest } = SETTINGS;
    for (const place of [config(none), loadConfig({ ...rest, DATA_DIR: none.DATA_DIR })])
      expect(await backup(to, place)).toMatchObject({
        failed: true,
        lines: [expect.stringContaining('no Paperboy here')],
      });
    expect(existsSync(to)).toBe(false);
    expect(existsSync(none.DATA_DIR)).toBe(false);
  });

  test('never brings another secret than the one that was used: without it none is made', async () => {
    const to = join(folder, 'secretless.backup');
    const without: Config = { ...app.config, secrets: undefined, dataDir: join(folder, 'elsewhere') };
    expect(await backup(to, without)).toMatchObject({ failed: true });
    expect(existsSync(to)).toBe(false);
    expect(existsSync(without.dataDir)).toBe(false);
  });

  test('can be read by its owner alone, and never replaces a file', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    expect(await backup(file)).toMatchObject({ failed: true, lines: [expect.stringContaining('already')] });
    expect(readFileSync(file)).toEqual(before);
  });

  test('restored into an empty place is all that there was', async () => {
    const place = config(await emptyDatabase());
    expect(await restore(file, place)).not.toHaveProperty('failed');
    expect(await contents(place)).toEqual(await contents(app.config));
  });

  test('and the day after, nobody gets anything twice or has lost a topic', async () => {
    expect(mailbox.mails.map(({ to }) => to).sort()).toEqual(['ada@example.org', 'grace@example.org']);
    const place = config(await emptyDatabase());
    await restore(file, place);
    let now = new Date('2026-05-07T10:00:00Z');
    const again = await createApp(place, { log: silent, now: () => now });
    try {
      expect(await compose(again)).toMatchObject({ composed: 0 });
      expect(await deliverDue(again)).toMatchObject({ sent: 0 });
      now = new Date('2026-05-08T08:00:00Z');
      await addPapers(again, [
        { id: '2605.00002', title: 'More speculative decoding', listedOn: '2026-05-07', votes: 3 },
      ]);
      await publish(again, { date: '2026-05-07' });
      await compose(again);
      expect(await deliverDue(again)).toMatchObject({ sent: 2 });
      const second = mailbox.mails.slice(2);
      expect(second.map(({ to }) => to).sort()).toEqual(['ada@example.org', 'grace@example.org']);
      for (const { parsed } of second) {
        expect(parsed.text).toContain('More speculative decoding');
        expect(parsed.text).not.toContain('quoted');
      }
      // The numbers of the ingests go on where they were.
      expect(await again.db.ingest.count()).toBe(2);
    } finally {
      await again.close();
    }
  });

  test('brings its secret where none is set, so that old links hold', async () => {
    const { SECRET: _, ...rest } = SETTINGS;
    const place = loadConfig({ ...rest, ...(await emptyDatabase()) });
    await restore(file, place);
    const again = await createApp(place, { log: silent });
    onTestFinished(() => again.close());
    expect(again.secrets).toEqual(app.secrets);
  });

  test('is refused where another secret is set: old links would break', async () => {
    const place = config({ ...(await emptyDatabase()), SECRET: 'another secret and of no use here' });
    expect(await restore(file, place)).toMatchObject({
      failed: true,
      lines: [expect.stringMatching(/^SECRET lacks/)],
    });
  });

  test('is refused by a database that has rows, which stays as it is', async () => {
    const before = await contents(app.config);
    expect(await restore(file, app.config)).toMatchObject({
      failed: true,
      lines: [expect.stringContaining('not empty')],
    });
    expect(await contents(app.config)).toEqual(before);
  });

  test('older than the tables of an empty database is refused in words that say so', async () => {
    const [head = '', ...rows] = gunzipSync(readFileSync(file)).toString().split('\n');
    const older = join(folder, 'older.backup');
    const migrations = knownMigrations().slice(0, -1);
    writeFileSync(older, gzipSync([JSON.stringify({ ...JSON.parse(head), migrations }), ...rows].join('\n')));
    const place = config(await emptyDatabase());
    await (await createApp(place, { log: silent })).close();
    expect(await restore(older, place)).toMatchObject({
      failed: true,
      lines: [expect.stringContaining('newer than the backup')],
    });
  });

  test('whose secret cannot be kept leaves no rows without it, and can be restored when it can', async () => {
    const { SECRET: _, ...rest } = SETTINGS;
    const place = loadConfig({ ...rest, ...(await emptyDatabase()) });
    const secret = join(place.dataDir, 'secret');
    mkdirSync(secret);
    await expect(restore(file, place)).rejects.toThrow();
    rmSync(secret, { recursive: true });
    expect(await restore(file, place)).not.toHaveProperty('failed');
  });

  test('that is cut short leaves nothing behind', async () => {
    const cut = join(folder, 'cut.backup');
    writeFileSync(cut, readFileSync(file).subarray(0, -20));
    const place = config(await emptyDatabase());
    await expect(restore(cut, place)).rejects.toThrow(/damaged.*Nothing was restored/);
    expect(await restore(file, place)).not.toHaveProperty('failed');
  });

  test('that breaks off leaves nothing behind', async () => {
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    const torn = join(folder, 'torn.backup');
    writeFileSync(torn, gzipSync(lines.slice(0, -3).join('\n')));
    const place = config(await emptyDatabase());
    await expect(restore(torn, place)).rejects.toThrow(/damaged/);
    expect(await restore(file, place)).not.toHaveProperty('failed');
  });

  test('is told from a folder, in words', async () => {
    expect(await restore(folder, app.config)).toMatchObject({
      failed: true,
      lines: [expect.stringContaining('cannot be read: illegal operation on a directory')],
    });
  });

  test.each([
    ['no file', undefined],
    ['no gzip', Buffer.from('email,topics\n')],
    ['no backup', gzipSync('{"some":"JSON"}\n')],
  ])('is told from what is none: %s', async (_, bytes) => {
    const other = join(folder, 'other');
    rmSync(other, { force: true });
    if (bytes) writeFileSync(other, bytes);
    expect(await restore(other, app.config)).toMatchObject({ failed: true });
    expect(existsSync(other)).toBe(bytes !== undefined);
  });
});

describe('an upgrade', () => {
  /** As the first version wrote them. */
  const FIRST = `
    INSERT INTO papers (id, title, abstract, authors, author_keys, keywords, categories, listed_on, source, first_seen_at, updated_at, lexemes)
      VALUES ('2605.00001', 'Speculative decoding', 'About it.', '{Ada}', '{ada}', '{}', '{}', '2026-05-06', 'huggingface', '2026-05-06', '2026-05-06',
        setweight(to_tsvector('english', 'Speculative decoding'), 'A'));
    INSERT INTO signals VALUES ('2605.00001', '2026-05-06T12:00Z', 5, 0, NULL);
    INSERT INTO ingests (source, date, started_at, finished_at, outcome, papers) VALUES ('huggingface', '2026-05-06', '2026-05-06T23:40Z', '2026-05-06T23:41Z', 'ok', 1);
    INSERT INTO topics VALUES ('00000000-0000-7000-8000-000000000001', 'speculative decoding', '2026-05-01');
    INSERT INTO topic_ways (topic_id, position, words, lexemes, phrases, categories, authors)
      VALUES ('00000000-0000-7000-8000-000000000001', 0, '{speculative,decoding}', '{specul,decod}', '{}', '{}', '{}');
    INSERT INTO subscribers (id, email, email_key, status, created_at, confirmed_at)
      VALUES ('00000000-0000-7000-8000-000000000002', 'Old@example.org', 'old@example.org', 'active', '2026-05-01', '2026-05-01');
    INSERT INTO subscriber_topics VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 0);
    INSERT INTO letters (id, subscriber_id, kind, status, next_attempt_at, created_at, settled_at)
      VALUES ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'welcome', 'sent', '2026-05-01', '2026-05-01', '2026-05-01');
    INSERT INTO editions VALUES ('2026-05-05', '2026-05-06T02:00Z', '2026-05-06T02:00Z', '2026-05-06T02:00Z', '{}');
    INSERT INTO deliveries (id, subscriber_id, edition_date, status, next_attempt_at, created_at, settled_at)
      VALUES ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000002', '2026-05-05', 'sent', '2026-05-06', '2026-05-06', '2026-05-06');
    INSERT INTO feedback VALUES ('mail:1', 'bounce-soft', '00000000-0000-7000-8000-000000000002', NULL, '4.2.2', '2026-05-06');
    INSERT INTO suppressions VALUES ('abc', 'erased', '2026-05-01');`;

  async function firstVersion(): Promise<Config> {
    const place = config(await emptyDatabase());
    const { url, close } = await openConnection({ url: place.databaseUrl, dataDir: place.dataDir });
    await migrate(url, knownMigrations().slice(0, 1));
    const client = new pg.Client(url);
    await client.connect();
    await client.query(FIRST);
    await client.end();
    await close();
    return place;
  }

  async function runsOn(place: Config): Promise<void> {
    const before = mailbox.mails.length;
    const upgraded = await createApp(place, { log: silent, now: () => new Date('2026-05-07T09:00:00Z') });
    try {
      await publish(upgraded, { date: '2026-05-06' });
      expect(await compose(upgraded)).toMatchObject({ composed: 1 });
      expect(await deliverDue(upgraded)).toMatchObject({ sent: 1 });
      expect(mailbox.mails[before]).toMatchObject({ to: 'Old@example.org' });
      expect(await upgraded.db.delivery.count()).toBe(2);
    } finally {
      await upgraded.close();
    }
  }

  test('from the first version keeps its rows, and the next day runs', async () => {
    await runsOn(await firstVersion());
  });

  test('by way of a backup of the first version does so too', async () => {
    const old = join(folder, 'old.backup');
    await backup(old, await firstVersion());
    const place = config(await emptyDatabase());
    expect(await restore(old, place)).not.toHaveProperty('failed');
    await runsOn(place);
  });

  test('is never undone: a backup of a newer version is refused', async () => {
    const [head = '', ...rows] = gunzipSync(readFileSync(file)).toString().split('\n');
    const newer = join(folder, 'newer.backup');
    const migrations = [...knownMigrations(), '9999_later'];
    writeFileSync(newer, gzipSync([JSON.stringify({ ...JSON.parse(head), migrations }), ...rows].join('\n')));
    expect(await restore(newer, config(await emptyDatabase()))).toMatchObject({
      failed: true,
      lines: [expect.stringContaining('newer')],
    });
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { escapeFormula, splitTopics, unescapeFormula } from '../../src/commands/cells.ts';
import { openTerminal } from '../../src/commands/command.ts';
import { runExport } from '../../src/commands/export.ts';
import { type ImportOptions, runImport } from '../../src/commands/import.ts';
import { erase, suppress } from '../../src/subscribers/suppression.ts';
import { testApp } from '../support/app.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-csv-'));
const file = join(folder, 'readers.csv');
const app = await testApp();
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});
beforeEach(() => app.db.$executeRaw`TRUNCATE subscribers, suppressions CASCADE`);

const importText = (csv: string | Buffer, options: ImportOptions = {}) => {
  writeFileSync(file, csv);
  return runImport(file, options)(app, openTerminal(true));
};
const exportText = async (json: boolean) => {
  const out = new PassThrough();
  const written = text(out);
  await runExport(out)(app, openTerminal(json));
  out.end();
  return written;
};
const signedUp = async () => {
  const rows = await app.db.subscriber.findMany({
    orderBy: { email: 'asc' },
    include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } },
  });
  return rows.map(({ email, topics }) => [email, ...topics.map(({ topic }) => topic.query)]);
};

describe('importing', () => {
  test('of an address that comes twice the later row counts, as when it signs up twice', async () => {
    const others = Array.from({ length: 9 }, (_, n) => `r${n}@x.org,optics\n`).join('');
    await importText(
      `email,topics\na@x.org,agents\n${others}A@x.org,robots\nb@x.org,optics\nb@x.org,lasers\n`,
    );
    const topicOf = new Map((await signedUp()).map(([email = '', topic]) => [email.toLowerCase(), topic]));
    expect([topicOf.size, topicOf.get('a@x.org'), topicOf.get('b@x.org')]).toEqual([11, 'robots', 'lasers']);
  });

  test('a row with a stray quote is named by its line, and all others go in', async () => {
    const answer = await importText('email,topics\na@x.org,agents\nbo"b@x.org,agents\nc@x.org,robots\n');
    expect(answer).toMatchObject({ data: { accepted: 2, bad: [{ line: 3 }] }, failed: false });
    expect(answer.lines.at(-1)).toContain('2 accepted, 1 bad row');
    expect(await signedUp()).toEqual([
      ['a@x.org', 'agents'],
      ['c@x.org', 'robots'],
    ]);
  });

  test.each([
    ['is never closed', 'b@x.org,"agents'],
    ['is followed by more', 'b@x.org,"world models" agents'],
  ])('a quote that %s spoils its own row only', async (_, row) => {
    const answer = await importText(`email,topics\na@x.org,agents\n${row}\nc@x.org,agents\nd@x.org,"a, b"\n`);
    expect(answer).toMatchObject({ data: { accepted: 3, bad: [{ line: 3 }] } });
    expect(answer.lines[0]).toMatch(/^line 3: .*quotation mark/);
  });

  test('a quote that is not closed does not swallow the row that has the next one: both are named', async () => {
    const answer = await importText('email,topics\nb@x.org,"agents\nc@x.org,agents"\nd@x.org,agents\n');
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 2 }, { line: 3 }] } });
    expect(await signedUp()).toEqual([['d@x.org', 'agents']]);
  });

  test('cells may hold commas, doubled quotes and line breaks, and lines end as they like', async () => {
    const csv =
      '\uFEFFemail,topics\r\n\r\na@x.org,"""world models""; agents"\r\nb@x.org,"agents\r\nrobots"\rc@x.org,agents;,,\r\n';
    expect(await importText(csv)).toMatchObject({ data: { accepted: 3, bad: [] } });
    expect(await signedUp()).toEqual([
      ['a@x.org', '"world models"', 'agents'],
      ['b@x.org', 'agents', 'robots'],
      ['c@x.org', 'agents'],
    ]);
  });

  test('a row with more cells than the first line has names is bad: a topic would be lost', async () => {
    const answer = await importText('email,topics\na@x.org,agents, robots\n');
    expect(answer).toMatchObject({ data: { accepted: 0, bad: [{ line: 2 }] }, failed: true });
  });

  test('a row that is too long is bad, and those after it go in', async () => {
    const answer = await importText(`email,topics\na@x.org,${'x'.repeat(300_000)}\nb@x.org,agents\n`);
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 2 }] } });
  });

  test('a status that nobody here knows makes a bad row: it might say that somebody left', async () => {
    const answer = await importText('email,topics,status\na@x.org,agents,cleaned\nb@x.org,agents,\n');
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 2 }] } });
    expect(answer.lines[0]).toMatch(/^line 2: status: .*active/);
  });

  test.each(['', 'email;topics\na@x.org;agents\n'])(
    'a file whose first line does not name the columns is refused as a whole: %j',
    async (csv) => {
      const answer = await importText(csv);
      expect(answer).toMatchObject({ data: { accepted: 0 }, failed: true });
      expect(answer.lines.join('\n')).toContain('email and topics');
    },
  );

  test.each([
    ['twice', 'Email,topics,email\na@x.org,agents,b@x.org\n', /email.*twice/],
    ['on a line that is too long', `email,topics${',x'.repeat(100_000)}\na@x.org,agents\n`, /longer/],
    ['in UTF-16', Buffer.from('\uFEFFemail,topics\na@x.org,agents\n', 'utf16le'), /UTF-8/],
  ])('a column named %s stops the import before it begins, in words', async (_, csv, words) => {
    const answer = await importText(csv);
    expect(answer).toMatchObject({ data: { accepted: 0, bad: [] }, failed: true });
    expect(answer.lines[0]).toMatch(words);
    expect(answer.lines[0]).not.toContain('must name');
  });

  test.each([
    ['latin-1', Buffer.from('email,topics\na@x.org,agents\nb@x.org,café\n', 'latin1')],
    ['a NUL', 'email,topics\na@x.org,agents\nb@x.org,age\0nts\n'],
  ])('a row with %s in it is bad', async (_, csv) => {
    const answer = await importText(csv);
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 3 }] } });
    expect(answer.lines[0]).toContain('UTF-8');
  });

  test('columns are known however they are written, and those that are not are named', async () => {
    const answer = await importText(
      'E-Mail,TOPICS,time_zone,Send hour,hour,notes\na@x.org,agents,Europe/Berlin,7,9,likes tea\n',
    );
    expect(answer).toMatchObject({ data: { accepted: 1, passedOver: ['hour', 'notes'] }, failed: false });
    expect(answer.lines[0]).toMatch(/passed over: hour, notes\./);
    expect(await app.db.subscriber.findFirstOrThrow()).toMatchObject({
      timeZone: 'Europe/Berlin',
      sendHour: 7,
    });
  });

  test.each([
    ['a directory', folder, 'directory'],
    ['a file that is not there', join(folder, 'none.csv'), 'no such file'],
  ])('%s is told in words, with the count', async (_, path, words) => {
    const answer = await runImport(path)(app, openTerminal(true));
    expect(answer).toMatchObject({ data: { accepted: 0, bad: [] }, failed: true });
    expect(answer.lines[0]).toContain(words);
    expect(answer.lines.at(-1)).toContain('0 accepted');
  });
});

describe('importing readers who agreed elsewhere', () => {
  const consent = 'our old list, 2026-05-01';
  const agreed = (csv: string) => importText(csv, { consent });

  test('makes them active at once, with the consent on record, and writes them no letter', async () => {
    expect(await agreed('email,topics\na@x.org,agents\n')).toMatchObject({ data: { accepted: 1 } });
    expect(await app.db.subscriber.findFirstOrThrow()).toMatchObject({
      status: 'active',
      consent,
      confirmedAt: app.now(),
    });
    expect(await app.db.letter.count()).toBe(0);
  });

  test('takes back nobody who left or is suppressed, and leaves who is subscribed as they are', async () => {
    await agreed('email,topics\nleft@x.org,agents\nbounced@x.org,agents\nhere@x.org,agents\n');
    await app.db.subscriber.update({ where: { emailKey: 'left@x.org' }, data: { status: 'unsubscribed' } });
    const { id } = await app.db.subscriber.findUniqueOrThrow({ where: { emailKey: 'bounced@x.org' } });
    await suppress(app, [id], 'the mailbox does not exist');
    await erase(app, 'erased@x.org');
    expect(
      await agreed(
        'email,topics\nleft@x.org,robots\nbounced@x.org,robots\nhere@x.org,robots\nerased@x.org,robots\nnew@x.org,robots\n',
      ),
    ).toMatchObject({ data: { accepted: 1, kept: 1, left: 3 } });
    expect(await signedUp()).toEqual([
      ['bounced@x.org', 'agents'],
      ['here@x.org', 'agents'],
      ['left@x.org', 'agents'],
      ['new@x.org', 'robots'],
    ]);
  });
});

describe('bad rows', () => {
  const bad = `${file}.bad.csv`;

  test('that cannot be kept aside are told all the same, with what was accepted', async () => {
    // With .bad.csv behind it the name is longer than a file system takes.
    const long = join(folder, 'x'.repeat(250));
    writeFileSync(long, 'email,topics\nnobody,agents\na@x.org,agents\n');
    const answer = await runImport(long)(app, openTerminal(true));
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 2 }] }, failed: true });
    expect(answer.lines.join('\n')).toMatch(/line 2: .*\nThe bad rows could not be kept.*name too long/);
    expect(answer.lines.at(-1)).toContain('1 accepted, 1 bad row');
  });

  test('that somebody is mending are not written over by a second import', async () => {
    const csv = 'email,topics\nnobody,agents\n';
    await importText(csv);
    writeFileSync(bad, 'mended');
    expect(await importText(csv)).toMatchObject({ data: { badRows: `${file}.bad-2.csv` } });
    expect(readFileSync(bad, 'utf8')).toBe('mended');
    expect(readFileSync(`${file}.bad-2.csv`, 'utf8')).toContain('nobody');
  });

  test('are kept aside as they were, with line and problem, and can be mended and imported', async () => {
    const answer = await importText('email,topics\na@x.org,agents\nnobody,"world models; robots"\n');
    expect(answer).toMatchObject({ data: { accepted: 1, badRows: bad } });
    const kept = readFileSync(bad, 'utf8');
    expect(kept).toMatch(/^line,problem,email,topics\n3,.*@.*,nobody,"world models; robots"\n$/);
    expect(statSync(bad).mode & 0o777).toBe(0o600);
    expect(await importText(kept.replace('nobody', 'b@x.org'))).toMatchObject({
      data: { accepted: 1, bad: [], passedOver: [] },
    });
    expect(await signedUp()).toEqual([
      ['a@x.org', 'agents'],
      ['b@x.org', 'world models', 'robots'],
    ]);
  });

  test('that were mended in part are kept aside once more, and taken when they are whole', async () => {
    await importText('email,topics\nnobody,agents\nnowhere,agents\n');
    await importText(readFileSync(bad, 'utf8').replace('nobody,agents', 'a@x.org,agents'));
    const rest = readFileSync(`${file}.bad-2.csv`, 'utf8');
    expect(await importText(rest.replace('nowhere,agents', 'b@x.org,agents'))).toMatchObject({
      data: { accepted: 1, bad: [], passedOver: [] },
    });
  });

  test('where there are none make no file', async () => {
    await importText('email,topics\na@x.org,agents\n');
    expect(existsSync(bad)).toBe(false);
  });

  test('are found by a dry run, which stores nothing', async () => {
    const answer = await importText('email,topics\na@x.org,agents\nnobody,agents\n', { dryRun: true });
    expect(answer).toMatchObject({ data: { accepted: 1, bad: [{ line: 3 }] } });
    expect(answer.lines.at(-1)).toContain('dry run');
    expect(await signedUp()).toEqual([]);
    expect(existsSync(bad)).toBe(true);
  });
});

describe('exporting', () => {
  test('what was exported comes in again as it was', async () => {
    const csv = `email,topics,sendHour,trending\n+five@x.org,"agents; ""world models"" -survey",7,no\n''+five@x.org,agents,,\nplain@x.org,agents,,\n`;
    expect(await importText(csv)).toMatchObject({ data: { accepted: 3 } });
    await app.db.subscriber.updateMany({ data: { status: 'active' } });
    const before = await signedUp();
    expect(before.map(([email]) => email)).toEqual(["'+five@x.org", '+five@x.org', 'plain@x.org']);
    const exported = await exportText(false);
    expect(exported).toContain("\n'+five@x.org,");
    await app.db.$executeRaw`TRUNCATE subscribers CASCADE`;
    expect(await importText(exported)).toMatchObject({ data: { accepted: 3, bad: [] } });
    expect(await signedUp()).toEqual(before);
    expect(await app.db.subscriber.findUniqueOrThrow({ where: { emailKey: '+five@x.org' } })).toMatchObject({
      sendHour: 7,
      trending: false,
    });
  });

  test.each([{}, { consent: 'our old house, 2026' }, { dryRun: true }])(
    'who was not active there is not signed up elsewhere: %j',
    async (options) => {
      const names = ['active', 'suppressed', 'unsubscribed', 'paused', 'pending'] as const;
      await importText(`email,topics\n${names.map((name) => `${name}@x.org,agents\n`).join('')}`);
      for (const status of names)
        await app.db.subscriber.update({ where: { emailKey: `${status}@x.org` }, data: { status } });
      const exported = await exportText(false);
      await app.db.$executeRaw`TRUNCATE subscribers CASCADE`;
      const answer = await importText(exported, options);
      expect(answer).toMatchObject({ data: { accepted: 1, inactive: 4, bad: [] } });
      expect(answer.lines.at(-1)).toContain('4 passed over');
      expect(await signedUp()).toEqual(options.dryRun ? [] : [['active@x.org', 'agents']]);
    },
  );

  test('a script gets truth values and nulls', async () => {
    await importText('email,topics\na@x.org,agents\n');
    expect(JSON.parse(await exportText(true))).toMatchObject({
      email: 'a@x.org',
      topics: ['agents'],
      trending: true,
      confirmedAt: null,
    });
  });

  test('no cell runs as a formula, and every cell can be read back', () => {
    const cell = fc.oneof(fc.string(), fc.stringMatching(/^'{0,3}[=+\-@\t\r＝＋－＠]/));
    fc.assert(
      fc.property(cell, (value) => {
        expect(escapeFormula(value)).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
        expect(unescapeFormula(escapeFormula(value))).toBe(value);
      }),
    );
  });
});

test.each([
  ['a b;', ['a b']],
  [' ; a;;b ;', ['a', 'b']],
  ['"a; b" c; d', ['"a; b" c', 'd']],
  ['"a; b', ['"a', 'b']],
  ['', []],
])('topics stand between semicolons: %j', (given, topics) => {
  expect(splitTopics(given)).toEqual(topics);
});

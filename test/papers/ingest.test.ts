import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startStandIn } from '../../demo/stand-in.ts';
import { type IngestOptions, ingest, ingestWindow } from '../../src/papers/ingest.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { startPeer, timeMachine } from './peer.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const rss = { body: readFileSync(join(fixtures, 'arxiv/rss-2026-05-07.xml'), 'utf8') };

let options: IngestOptions;

const folder = mkdtempSync(join(tmpdir(), 'paperboy-ingest-'));
cpSync(join(fixtures, 'huggingface'), folder, { recursive: true });
const standIn = await startStandIn({ folder, today: () => '2026-05-07' });
const arxiv = await startPeer();
const app = await testApp({
  env: { HF_URL: standIn.url, ARXIV_URL: arxiv.url, ARXIV_RSS_URL: arxiv.url, EDITION_WINDOW_DAYS: '3' },
});
afterAll(async () => {
  await standIn.close();
  await arxiv.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  app.setNow('2026-05-07T09:00:00Z');
  options = { wait: timeMachine(() => app).wait };
  arxiv.reply = () => rss;
  await app.db.paper.deleteMany();
  await app.db.ingest.deleteMany();
  await app.db.turn.deleteMany();
});

/** The app with another Hugging Face. */
const facing = (url: string): TestApp => ({
  ...app,
  config: { ...app.config, huggingface: { url, token: undefined } },
});

test('a day of both sources goes in, with what was wrong with it, and is remembered', async () => {
  const reports = await ingest(app, { date: '2026-05-07' }, options);
  expect(reports).toMatchObject([
    { source: 'huggingface', date: '2026-05-07', outcome: 'ok', papers: 5, bad: 5 },
    { source: 'arxiv', date: '2026-05-07', outcome: 'ok', papers: 2, bad: 1 },
  ]);
  expect(reports[0]?.problems[1]).toEqual({ id: 'not an id', problem: 'paper.id: is not an arXiv id' });
  const rows = await app.db.ingest.findMany({ orderBy: { id: 'asc' } });
  expect(rows).toMatchObject(
    reports.map(({ date, ...report }) => ({ ...report, date: new Date(date), error: null })),
  );
  expect(rows.every(({ startedAt, finishedAt }) => finishedAt && finishedAt >= startedAt)).toBe(true);
});

test('a paper of both sources is one paper, listed by Hugging Face, with arXiv’s categories', async () => {
  await ingest(app, { date: '2026-05-07' }, options);
  expect(
    await app.db.paper.findUnique({ where: { id: '2605.90010' }, include: { signals: true } }),
  ).toMatchObject({
    source: 'huggingface',
    categories: ['cs.CL', 'cs.LG'],
    tldr: 'Two draft models that share a cache make speculative decoding faster.',
    repository: 'https://github.com/example/two-drafts',
    signals: [{ votes: 58, comments: 4, stars: 150 }],
  });
});

test('a paper on two lists keeps its first day whichever is read first, and each reading measures it', async () => {
  await ingest(app, { date: '2026-05-07' }, options);
  app.setNow('2026-05-07T10:00:00Z');
  await ingest(app, { date: '2026-05-06' }, options);
  app.setNow('2026-05-07T11:00:00Z');
  await ingest(app, { date: '2026-05-07' }, options);
  const paper = await app.db.paper.findUnique({
    where: { id: '2605.90010' },
    include: { signals: { orderBy: { measuredAt: 'asc' } } },
  });
  expect(paper?.listedOn).toEqual(new Date('2026-05-06'));
  expect(paper?.signals.map(({ votes }) => votes)).toEqual([58, 41, 58]);
});

test('a reading that is repeated at the same instant changes nothing', async () => {
  const state = async () => ({ papers: await app.db.paper.count(), signals: await app.db.signal.count() });
  await ingest(app, { date: '2026-05-06' }, options);
  const before = await state();
  app.setNow('2026-05-07T09:00:00Z');
  await ingest(app, { date: '2026-05-06' }, options);
  expect(await state()).toEqual(before);
  expect(before).toEqual({ papers: 8, signals: 8 });
});

test('a day without papers is empty, not failed', async () => {
  expect(await ingest(app, { date: '2026-05-02' }, options)).toEqual([
    { source: 'huggingface', date: '2026-05-02', outcome: 'empty', papers: 0, bad: 0, problems: [] },
    { source: 'arxiv', date: '2026-05-02', outcome: 'empty', papers: 0, bad: 0, problems: [] },
  ]);
});

test('a feed that bears yesterday’s papers only is empty for today, and its papers go in', async () => {
  app.setNow('2026-05-08T03:00:00Z');
  const [, report] = await ingest(app, { date: '2026-05-08' }, options);
  expect(report).toMatchObject({ source: 'arxiv', outcome: 'empty', papers: 2 });
  expect(
    (await app.db.paper.findMany({ where: { source: 'arxiv' } })).map(({ listedOn }) => listedOn),
  ).toEqual([new Date('2026-05-07'), new Date('2026-05-07')]);
});

test('only the configured sources are read', async () => {
  const single = { ...app, config: { ...app.config, sources: ['arxiv' as const] } };
  expect((await ingest(single, { date: '2026-05-07' }, options)).map(({ source }) => source)).toEqual([
    'arxiv',
  ]);
});

test('progress is told per source as papers go in', async () => {
  const told: unknown[] = [];
  await ingest(app, { date: '2026-05-06' }, { ...options, onProgress: (progress) => told.push(progress) });
  expect(told.slice(0, 2)).toEqual([
    { source: 'huggingface', done: 0, total: 8 },
    { source: 'huggingface', done: 8, total: 8 },
  ]);
});

describe('a source that fails', () => {
  test('is reported, leaves what it had brought, and does not keep the other from being read', async () => {
    await ingest(app, { date: '2026-05-06' }, options);
    const before = await app.db.paper.findMany({ where: { source: 'huggingface' } });
    const broken = await startPeer();
    broken.reply = () => ({ body: '<html>Maintenance</html>' });
    const reports = await ingest(facing(broken.url), { date: '2026-05-07' }, options).finally(broken.close);
    expect(reports).toMatchObject([
      {
        source: 'huggingface',
        outcome: 'failed',
        papers: 0,
        error: 'Hugging Face sent something else than a list of papers.',
      },
      { source: 'arxiv', outcome: 'ok', papers: 2 },
    ]);
    const after = await app.db.paper.findMany({ where: { source: 'huggingface' } });
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(
      await app.db.ingest.findFirst({ where: { outcome: 'failed', date: new Date('2026-05-07') } }),
    ).toMatchObject({
      source: 'huggingface',
      error: 'Hugging Face sent something else than a list of papers.',
    });
  });

  test('with a list of which nothing can be read has failed, and each record is named', async () => {
    writeFileSync(
      join(folder, '2026-05-01.json'),
      JSON.stringify(Array.from({ length: 30 }, (_, id) => ({ id }))),
    );
    const [report] = await ingest(app, { date: '2026-05-01' }, options);
    expect(report).toMatchObject({
      outcome: 'failed',
      papers: 0,
      bad: 30,
      error: 'Not one record could be read.',
    });
    expect(report?.problems).toHaveLength(20);
  });

  test('by a doubtful answer has failed for the record, and the papers that came went in', async () => {
    app.setNow('2026-05-08T12:00:00Z');
    const [, report] = await ingest(app, { date: '2026-05-08' }, options);
    expect(report).toMatchObject({
      source: 'arxiv',
      outcome: 'failed',
      papers: 2,
      error: expect.stringContaining('still that of 2026-05-07'),
    });
  });

  test('in a way that nobody thought of is reported too', async () => {
    const confused = { ...app, fetch: () => Promise.resolve(null as unknown as Response) };
    const reports = await ingest(confused, { date: '2026-05-07' }, options);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });
});

describe('the window', () => {
  test('is read again from today back, and arXiv for today', async () => {
    const reports = await ingestWindow(app, options);
    expect(reports.map(({ source, date, outcome }) => [source, date, outcome])).toEqual([
      ['huggingface', '2026-05-07', 'ok'],
      ['huggingface', '2026-05-06', 'ok'],
      ['huggingface', '2026-05-05', 'ok'],
      ['arxiv', '2026-05-07', 'ok'],
    ]);
    expect(await app.db.paper.count()).toBe(5 + 7 + 3 + 1);
  });

  test('is given up at a source that cannot be reached, and every day of it is reported', async () => {
    const busy = await startPeer();
    busy.reply = () => ({ status: 429, headers: { 'retry-after': '300' } });
    const reports = await ingestWindow(facing(busy.url), options).finally(busy.close);
    expect(busy.asked).toHaveLength(1);
    const why = 'Hugging Face limits our requests (429): it wants a pause of 300 s.';
    expect(reports.map(({ date, outcome, error }) => [date, outcome, error])).toEqual([
      ['2026-05-07', 'failed', why],
      ['2026-05-06', 'failed', `Not tried. ${why}`],
      ['2026-05-05', 'failed', `Not tried. ${why}`],
      ['2026-05-07', 'ok', undefined],
    ]);
    expect(await app.db.ingest.count({ where: { outcome: 'failed' } })).toBe(3);
  });

  test('goes on after a day that alone is broken', async () => {
    writeFileSync(join(folder, '2026-05-06.json'), '{}');
    const reports = await ingestWindow(app, options);
    cpSync(join(fixtures, 'huggingface/2026-05-06.json'), join(folder, '2026-05-06.json'));
    expect(reports.map(({ outcome }) => outcome)).toEqual(['ok', 'failed', 'ok', 'ok']);
  });
});

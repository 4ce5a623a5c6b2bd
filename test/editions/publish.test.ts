import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { editionDays, latestEdition, loadEdition, matchesOf } from '../../src/editions/edition.ts';
import { matchMissing } from '../../src/editions/matching.ts';
import { editionDay, publish } from '../../src/editions/publish.ts';
import { testApp } from '../support/app.ts';
import { addIngest, addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const date = '2026-05-06';

const app = await testApp({ env: { SOURCES: 'huggingface', EDITION_WINDOW_DAYS: '3' } });

beforeEach(async () => {
  app.setNow('2026-05-07T02:00:00Z');
  await app.db.$executeRaw`
    TRUNCATE papers, signals, ingests, editions, topics, subscribers RESTART IDENTITY CASCADE`;
});

const added = (topics: string[], status: 'active' | 'unsubscribed' = 'active') =>
  addReader(app, { topics, status, email: `${randomUUID()}@example.com` });

const deliver = (subscriberId: string) =>
  app.db.delivery.create({
    data: { subscriberId, editionDate: new Date(date), nextAttemptAt: app.now(), createdAt: app.now() },
  });

const stored = async () => ({
  edition: await loadEdition(app.db, date),
  matches: await app.db.editionTopic.findMany({ orderBy: { topicId: 'asc' } }),
});

describe('an edition', () => {
  test('has the papers of its window, hottest first, with their signals as of 02:00 of the next day', async () => {
    await addPapers(app, [
      { id: '2605.00001', title: 'Quiet', votes: 1 },
      {
        id: '2605.00002',
        title: 'Loud',
        votes: 50,
        comments: 2,
        stars: 10,
        measuredAt: '2026-05-06T20:00:00Z',
      },
      { id: '2605.00003', title: 'Too late to count', votes: 2, measuredAt: '2026-05-06T20:00:00Z' },
      { id: '2605.00004', title: 'Of the day before', listedOn: '2026-05-05', votes: 40 },
      { id: '2605.00005', title: 'Out of the window', listedOn: '2026-05-03', votes: 900 },
      { id: '2605.00006', title: 'Of the day after', listedOn: '2026-05-07', votes: 900 },
    ]);
    await addPapers(app, [
      { id: '2605.00003', title: 'Too late to count', votes: 999, measuredAt: '2026-05-07T02:00:01Z' },
      {
        id: '2605.00004',
        title: 'Of the day before',
        votes: 45,
        stars: 7,
        measuredAt: '2026-05-06T20:00:00Z',
      },
    ]);
    expect(await publish(app, { date })).toEqual({
      status: 'published',
      date,
      papers: 4,
      topics: 0,
      notes: [],
    });
    const edition = await loadEdition(app.db, date);
    expect(edition?.papers.map(({ id, rank, votes }) => [id, rank, votes])).toEqual([
      ['2605.00002', 1, 50],
      ['2605.00004', 2, 45],
      ['2605.00003', 3, 2],
      ['2605.00001', 4, 1],
    ]);
    expect(edition?.papers[1]).toMatchObject({
      votesGained: 5,
      stars: 7,
      starsGained: 0,
      listedOn: '2026-05-05',
    });
    expect(edition).toMatchObject({ date, notes: [], opensAt: new Date('2026-05-07T02:00:00Z') });
  });

  test('is held, with nothing written, when its source failed', async () => {
    await addPapers(app, [{ id: '2605.00001', title: 'Old news', listedOn: '2026-05-05' }]);
    await addIngest(app, { outcome: 'failed', error: 'It answered 503.' });
    const outcome = await publish(app, { date });
    expect(outcome).toMatchObject({ status: 'held', why: expect.stringContaining('It answered 503') });
    expect(await editionDays(app.db, 9)).toEqual([]);
  });

  test('is not made of a day that is still to come, read or not', async () => {
    await addIngest(app, { date: '2027-05-06', outcome: 'empty', startedAt: '2026-05-07T08:00:00Z' });
    expect(await publish(app, { date: '2027-05-06' })).toEqual({
      status: 'held',
      date: '2027-05-06',
      why: 'The day is still to come.',
    });
    expect(await editionDays(app.db, 9)).toEqual([]);
  });

  test('may be empty on a weekend, and says so', async () => {
    await addIngest(app, { outcome: 'empty' });
    const notes = ['No paper was listed in these days.'];
    expect(await publish(app, { date })).toEqual({ status: 'published', date, papers: 0, topics: 0, notes });
    expect(await loadEdition(app.db, date)).toMatchObject({ papers: [], notes });
  });

  test('of a day long past opens when it is made, not in the past', async () => {
    app.setNow('2026-05-20T12:00:00Z');
    await addPapers(app, [{ id: '2605.00001', title: 'A', votes: 3, measuredAt: '2026-05-20T11:00:00Z' }]);
    await publish(app, { date });
    expect(await loadEdition(app.db, date)).toMatchObject({
      opensAt: new Date('2026-05-20T12:00:00Z'),
      papers: [{ votes: 3, votesGained: 3 }],
    });
  });

  test('made before its day is complete opens when it is', async () => {
    app.setNow('2026-05-06T13:00:00Z');
    await addIngest(app, { startedAt: '2026-05-06T12:00:00Z' });
    await publish(app, { date });
    expect(await loadEdition(app.db, date)).toMatchObject({ opensAt: new Date('2026-05-07T02:00:00Z') });
  });

  test('is that of the latest day for readers, whichever was made last', async () => {
    await addIngest(app, {});
    await addIngest(app, { date: '2026-05-05' });
    await publish(app, { date });
    await publish(app, { date: '2026-05-05' });
    expect((await latestEdition(app.db))?.date).toBe(date);
    expect(await editionDays(app.db, 5)).toEqual([date, '2026-05-05']);
    expect(await loadEdition(app.db, '2026-05-04')).toBe(null);
  });

  test('is due when its list is complete, 26 hours after the day began', () => {
    expect(editionDay(new Date('2026-05-07T01:59:59Z'))).toBe('2026-05-05');
    expect(editionDay(new Date('2026-05-07T02:00:00Z'))).toBe('2026-05-06');
  });
});

describe('publishing again', () => {
  const papers = [
    { id: '2605.00001', title: 'Speculative decoding', votes: 3 },
    { id: '2605.00002', title: 'Speculative execution', votes: 9 },
  ];

  test('gives the same edition for the same signals', async () => {
    await addPapers(app, papers);
    await added(['speculative decoding', 'execution']);
    expect(await publish(app, { date })).toMatchObject({ status: 'published', topics: 2 });
    const before = await stored();
    app.setNow('2026-05-07T09:00:00Z');
    expect(await publish(app, { date })).toMatchObject({ status: 'unchanged', papers: 2 });
    expect(await stored()).toEqual(before);
    expect(before.matches.length).toBeGreaterThan(1);
  });

  test('takes in what came since, and still opens when it was first said to', async () => {
    await addPapers(app, papers);
    const reader = await added(['speculative']);
    await publish(app, { date });
    await addPapers(app, [{ id: '2605.00003', title: 'Speculative fiction', votes: 99 }]);
    app.setNow('2026-05-09T09:00:00Z');
    expect(await publish(app, { date })).toMatchObject({ status: 'published', papers: 3, topics: 1 });
    const edition = await loadEdition(app.db, date);
    expect(edition?.papers[0]?.id).toBe('2605.00003');
    expect(edition).toMatchObject({
      publishedAt: new Date('2026-05-09T09:00:00Z'),
      opensAt: new Date('2026-05-07T02:00:00Z'),
    });
    const [topic = ''] = reader.topicIds;
    const found = (await matchesOf(app.db, date, reader.topicIds)).get(topic);
    expect(found?.map(({ paperId }) => paperId).sort()).toEqual(['2605.00001', '2605.00002', '2605.00003']);
  });

  test('changes nothing once a delivery names the edition, but new topics are matched', async () => {
    await addPapers(app, papers);
    const reader = await added(['decoding']);
    await publish(app, { date });
    await deliver(reader.id);
    const before = await stored();
    await addPapers(app, [{ id: '2605.00003', title: 'Execution without decoding', votes: 99 }]);
    const late = await added(['execution']);
    expect(await publish(app, { date })).toMatchObject({ status: 'frozen', papers: 2, topics: 1 });
    const after = await stored();
    expect(after.edition).toEqual(before.edition);
    expect(after.matches.filter(({ topicId }) => topicId === reader.topicIds[0])).toEqual(before.matches);
    expect(
      [...(await matchesOf(app.db, date, late.topicIds)).values()].flat().map(({ paperId }) => paperId),
    ).toEqual(['2605.00002']);
  });

  test('by two at once does no harm', async () => {
    await addPapers(app, papers);
    await added(['speculative']);
    const outcomes = await Promise.all([
      publish(app, { date }),
      publish(app, { date }),
      matchMissing(app, date),
    ]);
    expect(
      outcomes
        .slice(0, 2)
        .map((outcome) => typeof outcome === 'object' && outcome.status)
        .sort(),
    ).toEqual(['published', 'unchanged']);
    expect((await stored()).matches).toMatchObject([{ matched: 2 }]);
  });
});

describe('matching topics that are new since', () => {
  test('takes those that somebody has who may get mail, once', async () => {
    await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await publish(app, { date });
    const reader = await added(['decoding', 'zebras']);
    await added(['speculative'], 'unsubscribed');
    expect(await matchMissing(app, date)).toBe(2);
    expect(await matchMissing(app, date)).toBe(0);
    const rows = await app.db.editionTopic.findMany({ orderBy: { matched: 'asc' } });
    expect(rows.map(({ topicId, matched }) => [topicId, matched])).toEqual([
      [reader.topicIds[1], 0],
      [reader.topicIds[0], 1],
    ]);
  });

  test('or those that are named', async () => {
    await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await publish(app, { date });
    const left = await added(['speculative', 'decoding'], 'unsubscribed');
    expect(await matchMissing(app, date, left.topicIds.slice(0, 1))).toBe(1);
    expect([...(await matchesOf(app.db, date, left.topicIds)).keys()]).toEqual(left.topicIds.slice(0, 1));
  });

  test('does nothing without an edition', async () => {
    await added(['decoding']);
    expect(await matchMissing(app, date)).toBe(0);
  });
});

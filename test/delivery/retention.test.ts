import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { forget } from '../../src/delivery/retention.ts';
import { publish } from '../../src/editions/publish.ts';
import { startOf } from '../../src/lib/day.ts';
import { saveTopics } from '../../src/topics/topic.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { addIngest, addPapers } from '../support/papers.ts';
import { signUp } from '../support/readers.ts';
import { topic } from '../support/topics.ts';

const NOTHING = {
  digests: 0,
  letters: 0,
  feedback: 0,
  topics: 0,
  matches: 0,
  signals: 0,
  vectors: 0,
  ingests: 0,
  paces: 0,
};

test('what is old and asked for no more is forgotten, and nothing else', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface' } });
  const ada = await signUp(app, { topics: 'speculative decoding' });
  await signUp(app, { topics: 'protein folding', email: 'gone@example.org' });
  const paper = { id: '2605.00001', title: 'Speculative decoding' };
  await addPapers(app, [
    { ...paper, votes: 1 },
    { ...paper, votes: 5, measuredAt: '2026-05-06T20:00:00Z' },
  ]);
  await publish(app, { date: '2026-05-06' });
  await app.db.subscriber.delete({ where: { emailKey: 'gone@example.org' } });
  await app.db.feedback.create({ data: { id: 'mail:1', kind: 'bounce-soft', receivedAt: app.now() } });
  // Ada's confirmation was sent; another of hers still waits.
  await app.db.letter.updateMany({ data: { status: 'sent' } });
  await app.db.letter.create({
    data: { subscriberId: ada, kind: 'welcome', createdAt: app.now(), nextAttemptAt: app.now() },
  });
  await app.db.pace.create({ data: { name: 'domain example.org', nextAt: app.now() } });
  await app.db.paperVector.create({
    data: { paperId: paper.id, model: 'any', whole: Buffer.alloc(4), title: Buffer.alloc(4) },
  });
  expect(await forget(app)).toEqual(NOTHING);

  app.setNow('2027-05-07T09:00:00Z');
  await addPapers(app, [{ id: '2705.00001', title: 'Speculative decoding again', listedOn: '2027-05-06' }]);
  await publish(app, { date: '2027-05-06' });
  await addIngest(app, { date: '2027-05-06', startedAt: '2027-05-07T08:00:00Z' });
  expect(await forget(app)).toEqual({
    ...NOTHING,
    letters: 1,
    feedback: 1,
    topics: 1,
    matches: 1,
    signals: 1,
    vectors: 1,
    ingests: 1,
    paces: 1,
  });
  expect(await forget(app)).toEqual(NOTHING);
  // The paper keeps the signals that it was last seen with, the reader the topic, and the new edition its matches.
  expect(await app.db.signal.findMany({ where: { paperId: paper.id } })).toMatchObject([{ votes: 5 }]);
  expect(await app.db.topic.findMany({ select: { query: true } })).toEqual([
    { query: 'speculative decoding' },
  ]);
  expect(await app.db.editionTopic.findMany()).toMatchObject([{ matched: 1 }]);
  expect(await app.db.edition.count()).toBe(2);
  expect(await app.db.letter.findMany()).toMatchObject([{ kind: 'welcome', status: 'queued' }]);
});

// The embedded database does one transaction after the other.
test.skipIf('folder' in inject('template'))(
  'a topic that somebody is taking up is not forgotten',
  async () => {
    const app = await testApp();
    const topics = ['speculative decoding', 'world models'].map(topic);
    await app.db.$transaction((tx) => saveTopics(tx, topics, app.now()));
    app.setNow('2027-05-07T09:00:00Z');
    await app.db.$transaction(async (tx) => {
      expect(await saveTopics(tx, topics.slice(0, 1), app.now())).toHaveLength(1);
      expect(await forget(app)).toMatchObject({ topics: 1 });
    });
    expect(await app.db.topic.findMany({ select: { query: true } })).toEqual([
      { query: 'speculative decoding' },
    ]);
  },
);

describe('the ledger', () => {
  let app: TestApp;
  const READER = '0198f0aa-1111-7222-8333-444455556666';

  beforeAll(async () => {
    app = await testApp({ env: { DELIVERIES_KEEP_DAYS: '30', EDITION_WINDOW_DAYS: '7' } });
    const at = app.now();
    await app.db.subscriber.create({
      data: {
        id: READER,
        email: 'a@example.org',
        emailKey: 'a@example.org',
        status: 'active',
        createdAt: at,
      },
    });
    return app.close;
  });
  beforeEach(async () => {
    await app.db.$executeRaw`TRUNCATE editions, deliveries CASCADE`;
  });

  async function delivered(...days: { date: string; status?: 'sent' | 'failed' | 'skipped' | 'queued' }[]) {
    const at = app.now();
    for (const { date, status = 'sent' } of days) {
      const day = startOf(date);
      await app.db.edition.create({ data: { date: day, publishedAt: at, asOf: at, opensAt: at, notes: [] } });
      await app.db.delivery.create({
        data: { subscriberId: READER, editionDate: day, status, nextAttemptAt: at, createdAt: at },
      });
    }
  }
  const kept = async () => {
    const rows = await app.db.delivery.findMany({ orderBy: { editionDate: 'asc' } });
    return rows.map(({ editionDate }) => editionDate.toISOString().slice(0, 10));
  };

  test('forgets what was settled more than thirty days ago', async () => {
    app.setNow('2026-05-07T09:00:00Z');
    await delivered({ date: '2026-04-06' }, { date: '2026-04-07' }, { date: '2026-05-06' });
    await forget(app);
    expect(await kept()).toEqual(['2026-04-07', '2026-05-06']);
  });

  test('what is not settled stays, however old', async () => {
    app.setNow('2026-05-07T09:00:00Z');
    await delivered(
      { date: '2026-04-01', status: 'queued' },
      { date: '2026-04-02', status: 'failed' },
      { date: '2026-05-06' },
    );
    await forget(app);
    expect(await kept()).toEqual(['2026-04-01', '2026-05-06']);
  });

  test('nobody gets the latest edition again because it has grown old', async () => {
    app.setNow('2026-07-07T09:00:00Z');
    await delivered({ date: '2026-05-05' }, { date: '2026-05-06' });
    await forget(app);
    expect(await kept()).toEqual(['2026-05-06']);
  });
});

// A server does so by itself.
test.skipIf(process.env.DATABASE_URL)(
  'the embedded database gets back the room of what is gone',
  async () => {
    const app = await testApp();
    await app.db
      .$executeRaw`INSERT INTO suppressions SELECT n::text, 'erased', now() FROM generate_series(1, 2000) AS n`;
    await app.db.$executeRaw`DELETE FROM suppressions`;
    const size = async () => {
      const [row] = await app.db.$queryRaw<[{ bytes: number }]>`
      SELECT pg_relation_size('suppressions')::int AS bytes`;
      return row.bytes;
    };
    expect(await size()).toBeGreaterThan(0);
    await forget(app);
    expect(await size()).toBe(0);
  },
);

import { expect, test } from 'vitest';
import { compose } from '../../src/digests/compose.ts';
import { latestOpening } from '../../src/digests/next.ts';
import { publish } from '../../src/editions/publish.ts';
import { startOf } from '../../src/lib/day.ts';
import { uuid7 } from '../../src/lib/uuid7.ts';
import { storeReaders } from '../bench/load.ts';
import { testApp } from '../support/app.ts';
import { addEdition, addIngest } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const EDITION = startOf('2026-05-06');

/** An edition, and so many readers on two clocks whose hour has come, of whom one in ten has paused. */
async function withReaders(count: number) {
  const app = await testApp();
  const opensAt = new Date('2026-05-07T02:00:00Z');
  await app.db.edition.create({ data: { date: EDITION, publishedAt: opensAt, asOf: opensAt, opensAt } });
  await storeReaders(app, { to: count, topicIds: null });
  await app.db.$executeRaw`UPDATE subscribers SET send_hour = 8 WHERE hashtext(id::text) % 5 = 0`;
  const paused = await app.db
    .$executeRaw`UPDATE subscribers SET status = 'paused' WHERE hashtext(id::text) % 10 = 0`;
  return { app, due: count - paused };
}

test('an edition made before its day is complete takes nobody’s digest of the one that is open', async () => {
  const app = await testApp();
  await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
  await addReader(app, { sendHour: 18 });
  app.setNow('2026-05-07T15:00:00Z');
  await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-07T15:00:00Z' });
  await publish(app, { date: '2026-05-07' });
  expect(await latestOpening(app)).toEqual(new Date('2026-05-07T02:00:00Z'));
  app.setNow('2026-05-07T18:05:00Z');
  expect(await compose(app)).toEqual({ edition: '2026-05-06', composed: 1 });
  expect(await compose(app, { now: true })).toEqual({ edition: '2026-05-07', composed: 1 });
});

test('however many are due, and whoever is not between them, each gets one delivery and a place in one job', async () => {
  const { app, due } = await withReaders(12_000);
  expect(await compose(app)).toEqual({ edition: '2026-05-06', composed: due });
  expect(await compose(app)).toEqual({ edition: '2026-05-06', composed: 0 });
  const [queued] = await app.db.$queryRaw<object[]>`
    SELECT count(*)::int AS places, count(DISTINCT place)::int AS deliveries, max(jsonb_array_length(data->'ids')) AS longest
    FROM pgboss.job, jsonb_array_elements_text(data->'ids') AS place WHERE name = 'deliver'`;
  expect(queued).toEqual({ places: due, deliveries: due, longest: 200 });
});

test('two processes that compose at once write no delivery twice', async () => {
  const { app, due } = await withReaders(12_000);
  const reports = await Promise.all([compose(app), compose(app)]);
  expect(reports.reduce((sum, { composed }) => sum + composed, 0)).toBe(due);
  expect(await app.db.delivery.count()).toBe(due);
});

test('ids of deliveries begin with the time, so that those of one run stand together', async () => {
  const { db } = await testApp();
  const at = new Date('2026-05-07T09:00:00.123Z');
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT ${uuid7(at)}::text AS id FROM generate_series(1, 200)`;
  const prefix = at.getTime().toString(16).padStart(12, '0');
  for (const { id } of rows) {
    expect(id.replaceAll('-', '').slice(0, 12)).toBe(prefix);
    expect(id.slice(14)).toMatch(/^7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(200);
});

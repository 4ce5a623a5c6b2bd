import { beforeAll, beforeEach, expect, test } from 'vitest';
import { settleLedgers } from '../../src/delivery/settle.ts';
import { startOf } from '../../src/lib/day.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
const READER = '0198f0aa-1111-7222-8333-444455556666';

beforeAll(async () => {
  app = await testApp({ env: { DELIVERIES_KEEP_DAYS: '30', EDITION_WINDOW_DAYS: '7' } });
  const at = app.now();
  await app.db.subscriber.create({
    data: { id: READER, email: 'a@example.org', emailKey: 'a@example.org', status: 'active', createdAt: at },
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

test('the ledger forgets what was settled more than thirty days ago', async () => {
  app.setNow('2026-05-07T09:00:00Z');
  await delivered({ date: '2026-04-06' }, { date: '2026-04-07' }, { date: '2026-05-06' });
  await settleLedgers(app);
  expect(await kept()).toEqual(['2026-04-07', '2026-05-06']);
});

test('what is not settled stays, however old', async () => {
  app.setNow('2026-05-07T09:00:00Z');
  await delivered(
    { date: '2026-04-01', status: 'queued' },
    { date: '2026-04-02', status: 'failed' },
    { date: '2026-05-06' },
  );
  await settleLedgers(app);
  expect(await kept()).toEqual(['2026-04-01', '2026-05-06']);
});

test('nobody gets the latest edition again because it has grown old', async () => {
  app.setNow('2026-07-07T09:00:00Z');
  await delivered({ date: '2026-05-05' }, { date: '2026-05-06' });
  await settleLedgers(app);
  expect(await kept()).toEqual(['2026-05-06']);
});

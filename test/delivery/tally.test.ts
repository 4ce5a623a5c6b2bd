import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chronicle } from '../../src/delivery/watch/chronicle.ts';
import { talliesSince, tallyClosed } from '../../src/delivery/watch/tally.ts';
import { takeVitals } from '../../src/delivery/watch/vitals.ts';
import { startOf } from '../../src/lib/day.ts';
import { storeReaders } from '../bench/load.ts';
import { type TestApp, testApp } from '../support/app.ts';

const [OVER, WAITING, LATEST] = ['2026-05-04', '2026-05-05', '2026-05-06'] as const;

describe('the tally of an edition', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    await storeReaders(app, { to: 10, topicIds: null });
    for (const day of [OVER, WAITING, LATEST]) {
      const opensAt = new Date(startOf(day).getTime() + 26 * 3_600_000);
      await app.db.edition.create({
        data: { date: startOf(day), publishedAt: opensAt, asOf: opensAt, opensAt },
      });
      // Six sent, after one to six minutes, two skipped, and the rest failed or, of one edition, still waiting.
      await app.db.$executeRaw`
        INSERT INTO deliveries (id, subscriber_id, edition_date, status, next_attempt_at, created_at, settled_at)
        SELECT gen_random_uuid(), id, ${startOf(day)}::date,
          (CASE WHEN n <= 6 THEN 'sent' WHEN n <= 8 THEN 'skipped' ELSE ${day === WAITING ? 'queued' : 'failed'} END)::delivery_status,
          ${opensAt}, ${opensAt}, ${opensAt}::timestamptz + make_interval(mins => n::int)
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM subscribers) AS s`;
    }
    await app.db.suppression.create({
      data: { addressHash: 'one', reason: 'complaint', createdAt: new Date('2026-05-06T12:00:00Z') },
    });
  });
  afterAll(() => app.close());
  const kept = () => app.db.tally.findMany({ orderBy: { editionDate: 'asc' } });

  test('is taken once, of editions that are over and of which nothing waits', async () => {
    const before = [await chronicle(app, 90), await takeVitals(app)];
    expect(await tallyClosed(app)).toBe(1);
    expect(await tallyClosed(app)).toBe(0);
    expect(await kept()).toEqual([
      { editionDate: startOf(OVER), sent: 6, failed: 2, skipped: 2, latency: [210, 345, 357] },
    ]);
    expect([await chronicle(app, 90), await takeVitals(app)]).toEqual(before);
  });

  test('says of those that run what they have come to', async () => {
    const [, waiting, latest] = await talliesSince(app, startOf(OVER));
    expect(waiting).toMatchObject({
      edition: WAITING,
      counts: { sent: 6, skipped: 2, queued: 2, failed: 0 },
    });
    expect(latest).toMatchObject({ edition: LATEST, counts: { sent: 6, skipped: 2, failed: 2 } });
    expect((await takeVitals(app)).week).toEqual({ sent: 18, bounced: 0, complained: 1 });
  });

  test('stays when the ledger has forgotten the deliveries', async () => {
    const before = await chronicle(app, 90);
    await app.db.delivery.deleteMany({ where: { editionDate: startOf(OVER) } });
    expect(await chronicle(app, 90)).toEqual(before);
  });
});

import type { App } from '../app.ts';
import { type Day, dayOf, startOf } from '../lib/day.ts';

/** Why somebody leaves, as they are asked. */
export const REASONS = ['too much', 'off topic', 'elsewhere', 'never asked', 'other'] as const;
export type DepartureReason = (typeof REASONS)[number];

/**
 * Counts why a reader left: once for each leaving, by day, and with nothing that says who it was. Repeatable; false when
 * it was told before, or when there is no such leaver.
 */
export async function tellWhy(
  { db, now }: App,
  subscriberId: string,
  reason: DepartureReason,
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.subscriber.updateMany({
      where: { id: subscriberId, status: 'unsubscribed', toldWhy: false },
      data: { toldWhy: true },
    });
    if (count === 0) return false;
    const day = startOf(dayOf(now()));
    await tx.$executeRaw`
      INSERT INTO departures AS d (day, reason, count) VALUES (${day}::date, ${reason}, 1)
      ON CONFLICT (day, reason) DO UPDATE SET count = d.count + 1`;
    return true;
  });
}

/** How many gave each reason since a day, the most frequent first. */
export async function departuresSince({ db }: App, day: Day): Promise<{ reason: string; count: number }[]> {
  const rows = await db.departure.groupBy({
    by: ['reason'],
    where: { day: { gte: startOf(day) } },
    _sum: { count: true },
    orderBy: [{ _sum: { count: 'desc' } }, { reason: 'asc' }],
  });
  return rows.map(({ reason, _sum }) => ({ reason, count: _sum.count ?? 0 }));
}

import type { App } from '../app.ts';
import { type Clock, nextSlot } from './slot.ts';

/** When the latest edition that is open opened; null before the first. */
export async function latestOpening({ db, now }: Pick<App, 'db' | 'now'>): Promise<Date | null> {
  const edition = await db.edition.findFirst({
    where: { opensAt: { lte: now() } },
    orderBy: { date: 'desc' },
    select: { opensAt: true },
  });
  return edition?.opensAt ?? null;
}

/**
 * When the next digest comes to somebody who has had none of the latest edition, in words that complete "It comes …":
 * "on Thursday 7 May at 08:00 (Europe/Paris)".
 */
export function nextDigest({ now, config }: App, clock: Clock, opensAt: Date | null): string {
  const slot =
    opensAt && nextSlot(clock, { now: now(), opensAt, staleAfterHours: config.deliveriesExpireHours });
  if (!slot) return 'as soon as the first edition is out';
  if (slot.epochMilliseconds <= now().getTime()) return 'within a few minutes';
  const day = slot.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
  return `on ${day} at ${String(slot.hour).padStart(2, '0')}:00 (${clock.timeZone})`;
}

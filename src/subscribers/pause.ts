import type { App } from '../app.ts';
import { skipQueued } from './unsubscribe.ts';

/**
 * Holds back a subscriber's digests for some days, or until `resume` when `days` is null, and with them those that
 * wait to be sent. Repeatable: the last word counts. False when there is no confirmed subscription to pause.
 */
export async function pause({ db, now }: App, subscriberId: string, days: number | null): Promise<boolean> {
  const pausedUntil = days === null ? null : new Date(now().getTime() + days * 24 * 3600_000);
  return db.$transaction(async (tx) => {
    const { count } = await tx.subscriber.updateMany({
      where: { id: subscriberId, status: { in: ['active', 'paused'] } },
      data: { status: 'paused', pausedUntil },
    });
    if (count > 0) await skipQueued(tx, [subscriberId], 'paused', now());
    return count > 0;
  });
}

/** Ends a pause. False when there was none. */
export async function resume({ db }: App, subscriberId: string): Promise<boolean> {
  const { count } = await db.subscriber.updateMany({
    where: { id: subscriberId, status: 'paused' },
    data: { status: 'active', pausedUntil: null },
  });
  return count > 0;
}

/** Ends the pauses whose time has come, and says how many. Repeatable. */
export async function resumeDue({ db, now }: App): Promise<number> {
  const { count } = await db.subscriber.updateMany({
    where: { status: 'paused', pausedUntil: { lte: now() } },
    data: { status: 'active', pausedUntil: null },
  });
  return count;
}

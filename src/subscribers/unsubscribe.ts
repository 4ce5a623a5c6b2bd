import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { writeLetter, writtenToday } from './letter.ts';

/**
 * Ends a subscription, and with it the digests that wait to be sent, and writes a goodbye to whoever had confirmed it.
 * Repeatable; an id that nobody has any more is as unsubscribed as one can be.
 */
export async function unsubscribe(app: App, subscriberId: string): Promise<void> {
  const ended = await app.db.$transaction(async (tx) => {
    const ended = await unsubscribeWithin(app, tx, subscriberId);
    if (ended) await sayGoodbye(app, tx, subscriberId);
    return ended;
  });
  if (ended) app.log.info({ subscriber: subscriberId }, 'unsubscribed');
}

/** As `unsubscribe`, in the caller's transaction and without a goodbye; says whether there was a subscription to end. */
export async function unsubscribeWithin({ now }: App, tx: Tx, subscriberId: string): Promise<boolean> {
  const { count } = await tx.subscriber.updateMany({
    where: { id: subscriberId, status: { in: ['pending', 'active', 'paused'] } },
    data: { status: 'unsubscribed', unsubscribedAt: now(), toldWhy: false, pausedUntil: null },
  });
  await skipQueued(tx, [subscriberId], 'unsubscribed', now());
  return count > 0;
}

/** Writes the goodbye, with the link that undoes the leaving: to those who had confirmed, and once a day. */
export async function sayGoodbye(app: App, tx: Tx, subscriberId: string): Promise<void> {
  const hadConfirmed = { id: subscriberId, status: 'unsubscribed', confirmedAt: { not: null } } as const;
  if ((await tx.subscriber.count({ where: hadConfirmed })) === 0) return;
  if (!(await writtenToday(app, tx, subscriberId, ['goodbye'])))
    await writeLetter(app, tx, subscriberId, 'goodbye');
}

/** Closes the digests of these subscribers that wait. One whose first byte may have left is the sender's to close. */
export async function skipQueued(tx: Tx, subscriberIds: string[], reason: string, now: Date): Promise<void> {
  await tx.delivery.updateMany({
    where: { subscriberId: { in: subscriberIds }, status: 'queued' },
    data: { status: 'skipped', reason, settledAt: now, lease: null, leasedUntil: null },
  });
}

import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';

/**
 * Ends a subscription, and with it the digests that wait to be sent. Repeatable; an id that nobody has any more is
 * as unsubscribed as one can be.
 */
export async function unsubscribe(app: App, subscriberId: string): Promise<void> {
  const ended = await app.db.$transaction((tx) => unsubscribeWithin(app, tx, subscriberId));
  if (ended) app.log.info({ subscriber: subscriberId }, 'unsubscribed');
}

/** As `unsubscribe`, in the caller's transaction; says whether there was a subscription to end. */
export async function unsubscribeWithin({ now }: App, tx: Tx, subscriberId: string): Promise<boolean> {
  const { count } = await tx.subscriber.updateMany({
    where: { id: subscriberId, status: { in: ['pending', 'active', 'paused'] } },
    data: { status: 'unsubscribed', unsubscribedAt: now(), pausedUntil: null },
  });
  await skipQueued(tx, [subscriberId], 'unsubscribed', now());
  return count > 0;
}

/** Closes the digests of these subscribers that wait. One whose first byte may have left is the sender's to close. */
export async function skipQueued(tx: Tx, subscriberIds: string[], reason: string, now: Date): Promise<void> {
  await tx.delivery.updateMany({
    where: { subscriberId: { in: subscriberIds }, status: 'queued' },
    data: { status: 'skipped', reason, settledAt: now, lease: null, leasedUntil: null },
  });
}

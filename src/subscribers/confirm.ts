import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { writeLetter } from './letter.ts';
import { liftByConfirming, suppressionOf } from './suppression.ts';

export type Confirmation = { status: 'confirmed' | 'already' | 'gone' };

/**
 * Makes a pending sign-up active, lifts what a bounce may have suppressed, and writes the welcome letter. Repeatable:
 * `already` when it is active or paused, `gone` when it expired, was erased, or the reader has left since.
 */
export async function confirm(app: App, subscriberId: string): Promise<Confirmation> {
  const { db, secrets, now, log } = app;
  const status = await db.$transaction(async (tx) => {
    const key = await lockPending(tx, subscriberId);
    if (key !== null && (await suppressionOf(tx, secrets, key)) !== 'for good') {
      await liftByConfirming(tx, secrets, key);
      await tx.subscriber.update({
        where: { id: subscriberId },
        data: {
          status: 'active',
          confirmedAt: now(),
          changedAt: now(),
          unsubscribedAt: null,
          softBounces: 0,
          softBouncedAt: null,
        },
      });
      await writeLetter(app, tx, subscriberId, 'welcome');
      return 'confirmed';
    }
    const standing = await tx.subscriber.count({
      where: { id: subscriberId, status: { in: ['active', 'paused'] } },
    });
    return standing > 0 ? 'already' : 'gone';
  });
  if (status === 'confirmed') log.info({ subscriber: subscriberId }, 'subscription confirmed');
  return { status };
}

async function lockPending(tx: Tx, subscriberId: string): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ key: string }[]>`
    SELECT email_key AS key FROM subscribers WHERE id = ${subscriberId}::uuid AND status = 'pending' FOR UPDATE`;
  return row?.key ?? null;
}

export const PENDING_DAYS = 7;

/** Forgets sign-ups that nobody confirmed within 7 days of the last request, and says how many. Repeatable. */
export async function expirePending({ db, now, log }: App): Promise<number> {
  const before = new Date(now().getTime() - PENDING_DAYS * 24 * 3600_000);
  const { count } = await db.subscriber.deleteMany({
    where: {
      status: 'pending',
      createdAt: { lte: before },
      letters: { none: { kind: 'confirm', createdAt: { gt: before } } },
    },
  });
  if (count > 0) log.info({ count }, 'unconfirmed sign-ups expired');
  return count;
}

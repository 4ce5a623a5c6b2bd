import type { App } from '../app.ts';
import { writeLetter } from './letter.ts';

export type Confirmation = { status: 'confirmed' | 'already' | 'gone' };

/**
 * Makes a pending sign-up active and writes its welcome letter. Repeatable: `already` when it is active or paused,
 * `gone` when it expired, was erased, or the reader has left since.
 */
export async function confirm(app: App, subscriberId: string): Promise<Confirmation> {
  const { db, now, log } = app;
  const status = await db.$transaction(async (tx) => {
    const { count } = await tx.subscriber.updateMany({
      where: { id: subscriberId, status: 'pending' },
      data: { status: 'active', confirmedAt: now(), unsubscribedAt: null },
    });
    if (count > 0) {
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

const PENDING_DAYS = 7;

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

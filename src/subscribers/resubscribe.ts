import type { App } from '../app.ts';
import { suppressionOf } from './suppression.ts';

/** One leaving of one reader. */
export type Leaving = { id: string; at: Date };

/** A leaving can be undone for so long; after that a new sign-up, to be confirmed, is the way back. */
export const UNDO_DAYS = 7;

/** The leaving that a reader may still undo; null when there is none, or none of somebody who had confirmed. */
export async function undoableLeaving({ db, now }: App, subscriberId: string): Promise<Leaving | null> {
  const row = await db.subscriber.findFirst({
    where: {
      id: subscriberId,
      status: 'unsubscribed',
      confirmedAt: { not: null },
      unsubscribedAt: { gt: undoableFrom(now()) },
    },
    select: { unsubscribedAt: true },
  });
  return row?.unsubscribedAt ? { id: subscriberId, at: row.unsubscribedAt } : null;
}

/**
 * Undoes one leaving without a new confirmation: the reader is active again, with the topics and preferences that they
 * had. Repeatable: `already` when it was undone before. `gone` when that was too long ago or not the last leaving, when
 * the address is suppressed or signed up anew, or when nothing is known of it any more.
 */
export async function resubscribe(
  app: App,
  { id, at }: Leaving,
): Promise<{ status: 'resubscribed' | 'already' | 'gone' }> {
  const { db, secrets, now, log } = app;
  const status = await db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ key: string; standing: boolean; undoable: boolean }[]>`
      SELECT email_key AS key, status IN ('active', 'paused') AS standing,
        status = 'unsubscribed' AND confirmed_at IS NOT NULL AND unsubscribed_at = ${at}
          AND unsubscribed_at > ${undoableFrom(now())} AS undoable
      FROM subscribers WHERE id = ${id}::uuid FOR UPDATE`;
    if (row?.standing) return 'already';
    if (!row?.undoable || (await suppressionOf(tx, secrets, row.key)) !== null) return 'gone';
    const active = { status: 'active', unsubscribedAt: null, changedAt: now() } as const;
    await tx.subscriber.update({ where: { id }, data: active });
    return 'resubscribed';
  });
  if (status === 'resubscribed') log.info({ subscriber: id }, 'unsubscribing undone');
  return { status };
}

const undoableFrom = (now: Date) => new Date(now.getTime() - UNDO_DAYS * 24 * 3600_000);

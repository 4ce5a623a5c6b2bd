import type { App } from '../app.ts';
import type { LetterKind } from '../generated/enums.ts';
import type { Tx } from '../lib/db.ts';

/** Writes a letter to be sent once the caller's transaction is committed, and wakes whoever sends letters. */
export async function writeLetter(
  { queue, now }: App,
  tx: Tx,
  subscriberId: string,
  kind: LetterKind,
): Promise<void> {
  await tx.letter.create({ data: { subscriberId, kind, createdAt: now(), nextAttemptAt: now() } });
  await queue.send('letters', {}, { tx, key: 'letters' });
}

/** Whether a letter of one of these kinds was written within the last 24 hours; one that was never to be sent does not count. */
export async function writtenToday(
  { now }: App,
  tx: Tx,
  subscriberId: string,
  kinds: LetterKind[],
): Promise<boolean> {
  const dayBefore = new Date(now().getTime() - 24 * 3600_000);
  const letters = await tx.letter.count({
    where: { subscriberId, kind: { in: kinds }, status: { not: 'skipped' }, createdAt: { gt: dayBefore } },
  });
  return letters > 0;
}

import type { App } from '../../app.ts';
import type { Digest } from '../../digests/digest.ts';
import { type Edition, loadEdition } from '../../editions/edition.ts';
import { dayOf } from '../../lib/day.ts';
import { type Choices, restore } from '../choices.ts';

/** A digest that a reader was sent. */
export type SentDigest = { deliveryId: string; sentAt: Date; digest: Digest };

/** Which digests a reader was sent of late, the latest first; null when there is no such subscriber (any more). */
export async function recentDeliveries(
  { db }: App,
  subscriberId: string,
  limit: number,
): Promise<{ id: string; sentAt: Date }[] | null> {
  const subscriber = await db.subscriber.findUnique({
    where: { id: subscriberId },
    select: {
      deliveries: {
        where: { status: 'sent' },
        orderBy: { editionDate: 'desc' },
        take: limit,
        select: { id: true, settledAt: true, createdAt: true },
      },
    },
  });
  return (
    subscriber?.deliveries.map(({ id, settledAt, createdAt }) => ({ id, sentAt: settledAt ?? createdAt })) ??
    null
  );
}

/** These digests as they were chosen; one whose edition is not kept any more is left out. */
export async function restoreDigests(
  { db }: App,
  deliveries: { id: string; sentAt: Date }[],
): Promise<SentDigest[]> {
  const rows = await db.delivery.findMany({
    where: { id: { in: deliveries.map(({ id }) => id) } },
    select: { id: true, editionDate: true, choices: true },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const editions = new Map<string, Edition | null>();
  const digests: SentDigest[] = [];
  for (const { id, sentAt } of deliveries) {
    const row = byId.get(id);
    if (!row?.choices) continue;
    const date = dayOf(row.editionDate);
    if (!editions.has(date)) editions.set(date, await loadEdition(db, date));
    const edition = editions.get(date);
    if (edition) digests.push({ deliveryId: id, sentAt, digest: restore(edition, row.choices as Choices) });
  }
  return digests;
}

import type { Db } from '../lib/db.ts';
import { asWritten, inOrder } from './topics.ts';

/** Everything that is held about one reader, for them to have; null when nothing is (any more). */
export async function dataOf(db: Db, subscriberId: string): Promise<object | null> {
  const row = await db.subscriber.findUnique({
    where: { id: subscriberId },
    omit: { emailKey: true },
    include: {
      topics: inOrder,
      examples: { orderBy: { createdAt: 'asc' }, omit: { subscriberId: true } },
      deliveries: {
        orderBy: { createdAt: 'asc' },
        omit: { subscriberId: true, lease: true, leasedUntil: true },
      },
      letters: {
        orderBy: { createdAt: 'asc' },
        omit: { subscriberId: true, lease: true, leasedUntil: true },
      },
    },
  });
  if (row === null) return null;
  const feedback = await db.feedback.findMany({
    where: { subscriberId },
    orderBy: { receivedAt: 'asc' },
    omit: { subscriberId: true },
  });
  const { topics, examples, deliveries, letters, ...subscriber } = row;
  return {
    subscriber,
    topics: asWritten(topics).map(({ query }) => query),
    examples,
    deliveries: deliveries.map(({ editionDate, ...delivery }) => ({
      edition: editionDate.toISOString().slice(0, 10),
      ...delivery,
    })),
    letters,
    feedback,
  };
}

import type { App } from '../../app.ts';
import { type Day, dayOf } from '../../lib/day.ts';
import { parseAddress } from '../../subscribers/address.ts';
import { suppressionOf } from '../../subscribers/suppression.ts';
import { asWritten, inOrder } from '../../subscribers/topics.ts';

/** All that the house knows of an address, newest first, for the operator who is asked about it. */
export type ReaderHistory = {
  email: string;
  /** Null: nobody has subscribed with it. */
  reader: {
    status: string;
    topics: string[];
    when: string;
    createdAt: Date;
    confirmedAt: Date | null;
    unsubscribedAt: Date | null;
    consent: string | null;
    softBounces: number;
  } | null;
  suppression: 'until confirmed' | 'for good' | null;
  deliveries: {
    edition: Day;
    status: string;
    reason: string | null;
    papers: number;
    attempts: number;
    settledAt: Date | null;
  }[];
  letters: { kind: string; status: string; reason: string | null; createdAt: Date }[];
  feedback: { kind: string; detail: string | null; receivedAt: Date }[];
};

export async function readerHistory(
  { db, secrets }: App,
  address: string,
): Promise<{ ok: true; history: ReaderHistory } | { ok: false; problem: string }> {
  const parsed = parseAddress(address);
  if (!parsed.ok) return parsed;
  const row = await db.subscriber.findUnique({
    where: { emailKey: parsed.key },
    include: {
      topics: inOrder,
      deliveries: { orderBy: { editionDate: 'desc' }, take: 90 },
      letters: { orderBy: { createdAt: 'desc' }, take: 30 },
    },
  });
  const feedback = row
    ? await db.feedback.findMany({
        where: { subscriberId: row.id },
        orderBy: { receivedAt: 'desc' },
        take: 30,
      })
    : [];
  return {
    ok: true,
    history: {
      email: parsed.email,
      reader: row && {
        status: row.status,
        topics: asWritten(row.topics).map(({ query }) => query),
        when: `${row.frequency} at ${String(row.sendHour).padStart(2, '0')}:00, ${row.timeZone}`,
        createdAt: row.createdAt,
        confirmedAt: row.confirmedAt,
        unsubscribedAt: row.unsubscribedAt,
        consent: row.consent,
        softBounces: row.softBounces,
      },
      suppression: await suppressionOf(db, secrets, parsed.key),
      deliveries: (row?.deliveries ?? []).map((delivery) => ({
        edition: dayOf(delivery.editionDate),
        status: delivery.status,
        reason: delivery.reason,
        papers: delivery.paperIds.length,
        attempts: delivery.attempts,
        settledAt: delivery.settledAt,
      })),
      letters: row?.letters ?? [],
      feedback,
    },
  };
}

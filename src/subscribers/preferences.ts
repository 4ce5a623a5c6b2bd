import { z } from 'zod';
import type { App } from '../app.ts';
import type { SubscriberStatus } from '../generated/enums.ts';
import type { Db, Tx } from '../lib/db.ts';
import { saveTopics } from '../topics/topic.ts';
import type { Preferences, Problem, Wishes } from './subscriber.ts';
import { asWritten, inOrder } from './topics.ts';
import { parseFields, UNKNOWN_ZONE, wishFields } from './wishes.ts';
import { knownToDatabase } from './zone.ts';

/** A subscriber as the preferences page shows them. */
export type Subscription = Preferences & {
  email: string;
  status: SubscriberStatus;
  /** As the reader wrote them, in their order. */
  topics: string[];
  /** Null while not paused, or when paused without an end. */
  pausedUntil: Date | null;
};

/** Null when there is no such subscriber (any more). */
export async function loadPreferences(db: Db, subscriberId: string): Promise<Subscription | null> {
  const row = await db.subscriber.findUnique({
    where: { id: subscriberId },
    include: { topics: inOrder },
  });
  if (row === null) return null;
  const { email, status, pausedUntil, timeZone, sendHour, frequency, maxPapers, trending, popularity } = row;
  const topics = asWritten(row.topics).map(({ query }) => query);
  return {
    email,
    status,
    pausedUntil,
    topics,
    timeZone,
    sendHour,
    frequency,
    maxPapers,
    trending,
    popularity,
  };
}

const fields = z.object(wishFields, 'Send an object with the preferences to change.');

export type Change = { status: 'changed' } | { status: 'gone' } | { status: 'refused'; problems: Problem[] };

/**
 * Changes topics and preferences; a field that `input` does not have stays as it is. Either all of it is stored or,
 * with every problem told at once, nothing. `gone` when the subscriber has left.
 */
export async function changePreferences(app: App, subscriberId: string, input: unknown): Promise<Change> {
  const { db, now } = app;
  const before = await loadPreferences(db, subscriberId);
  if (before === null || !MAY_CHANGE.includes(before.status)) return { status: 'gone' };
  const { email: _, status: __, pausedUntil: ___, ...current } = before;
  const parsed = parseFields(fields, input, current);
  if (!parsed.ok) return { status: 'refused', problems: parsed.problems };
  const { topics, ...preferences } = parsed.value;
  if (!(await knownToDatabase(db, preferences.timeZone)))
    return { status: 'refused', problems: [UNKNOWN_ZONE] };
  return db.$transaction(async (tx) => {
    const ids = await saveTopics(tx, topics, now());
    const saved = await saveWishes(app, tx, subscriberId, { topics, preferences }, ids);
    return { status: saved ? 'changed' : 'gone' };
  });
}

const MAY_CHANGE: SubscriberStatus[] = ['pending', 'active', 'paused'];

/**
 * Replaces a subscriber's topics and preferences; false when they have left.
 *
 * @param topicIds of the topics, which are stored
 */
export async function saveWishes(
  { now }: App,
  tx: Tx,
  subscriberId: string,
  { topics, preferences }: Wishes,
  topicIds: string[],
): Promise<boolean> {
  const { count } = await tx.subscriber.updateMany({
    where: { id: subscriberId, status: { in: MAY_CHANGE } },
    data: { ...preferences, changedAt: now() },
  });
  if (count === 0) return false;
  await tx.subscriberTopic.deleteMany({ where: { subscriberId } });
  await tx.subscriberTopic.createMany({
    data: topicIds.map((topicId, position) => ({
      subscriberId,
      topicId,
      position,
      written: topics[position]?.written ?? null,
    })),
  });
  return true;
}

import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { saveTopics } from '../topics/topic.ts';
import { claimAll, type SignUp } from './subscribe.ts';
import type { Problem } from './subscriber.ts';
import { suppressedAmong } from './suppression.ts';
import { UNKNOWN_ZONE } from './wishes.ts';
import { knownToDatabase } from './zone.ts';

/** `kept`: has a subscription, which stays as it is. `left`: has left before, or is suppressed, and is not taken back. */
export type TakenOver = { ok: true; status: 'active' | 'kept' | 'left' } | { ok: false; problems: Problem[] };

/**
 * Takes over readers who have agreed to our mail elsewhere: active at once, with what the operator says of the consent
 * (where it was given and when) kept beside. Nobody comes back that way who has left, complained or been erased here.
 * All of them or, when the database fails, none; a few statements for however many.
 *
 * @param signUps of different addresses
 * @returns what became of each, in their order
 */
export async function takeOver(app: App, signUps: SignUp[], consent: string): Promise<TakenOver[]> {
  const zones = new Set(signUps.map(({ preferences }) => preferences.timeZone));
  const known = new Set<string>();
  for (const zone of zones) if (await knownToDatabase(app.db, zone)) known.add(zone);
  const fit = signUps.filter(({ preferences }) => known.has(preferences.timeZone));
  const states = await app.db.$transaction(async (tx) => {
    // Topics first, as every sign-up has it, so that no two wait for each other in a circle.
    const topics = fit.flatMap(({ topics }) => topics);
    const ids = await saveTopics(tx, topics, app.now());
    const topicIds = new Map(topics.map(({ query }, n) => [query, ids[n] as string]));
    const addresses = fit.map(({ address }) => address);
    const suppressed = await suppressedAmong(tx, app.secrets, addresses);
    const claimed = await claimAll(
      app,
      tx,
      addresses.filter(({ key }) => !suppressed.has(key)),
    );
    const readers = fit.flatMap((signUp) => {
      const { id, status } = claimed.get(signUp.address.key) ?? {};
      return id && status === 'pending' ? [{ id, ...signUp }] : [];
    });
    await activate(app, tx, readers, { consent, topicIds });
    return claimed;
  });
  return signUps.map(({ address, preferences }) =>
    known.has(preferences.timeZone)
      ? { ok: true, status: BECOMES[states.get(address.key)?.status ?? 'suppressed'] }
      : { ok: false, problems: [UNKNOWN_ZONE] },
  );
}

const BECOMES = {
  pending: 'active',
  active: 'kept',
  paused: 'kept',
  unsubscribed: 'left',
  suppressed: 'left',
} as const;

async function activate(
  { now }: App,
  tx: Tx,
  readers: (SignUp & { id: string })[],
  { consent, topicIds }: { consent: string; topicIds: Map<string, string> },
): Promise<void> {
  const ids = readers.map(({ id }) => id);
  const wish = <Key extends keyof SignUp['preferences']>(key: Key) =>
    readers.map(({ preferences }) => preferences[key]);
  await tx.$executeRaw`
    UPDATE subscribers AS s SET email = r.email, status = 'active', confirmed_at = ${now()}, changed_at = ${now()},
      consent = ${consent}, time_zone = r.zone, send_hour = r.hour, frequency = r.frequency::frequency, max_papers = r.papers,
      trending = r.trending, popularity = r.popularity
    FROM unnest(${ids}::uuid[], ${readers.map(({ address }) => address.email)}::text[], ${wish('timeZone')}::text[],
      ${wish('sendHour')}::int[], ${wish('frequency')}::text[], ${wish('maxPapers')}::int[], ${wish('trending')}::boolean[],
      ${wish('popularity')}::float8[]) AS r (id, email, zone, hour, frequency, papers, trending, popularity)
    WHERE s.id = r.id`;
  const wanted = readers.flatMap(({ id, topics }) =>
    topics.map(({ query, written }, position) => ({ id, topicId: topicIds.get(query), position, written })),
  );
  const column = <Key extends keyof (typeof wanted)[number]>(key: Key) => wanted.map((row) => row[key]);
  await tx.subscriberTopic.deleteMany({ where: { subscriberId: { in: ids } } });
  await tx.$executeRaw`
    INSERT INTO subscriber_topics (subscriber_id, topic_id, position, written)
    SELECT * FROM unnest(${column('id')}::uuid[], ${column('topicId')}::uuid[], ${column('position')}::int[],
      ${column('written')}::text[])`;
}

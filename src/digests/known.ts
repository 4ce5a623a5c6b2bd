import type { App } from '../app.ts';
import { type Edition, excludedBy, matchesOf } from '../editions/edition.ts';
import { matchMissing } from '../editions/matching.ts';
import { startOf } from '../lib/day.ts';
import type { Known } from './choose.ts';

/**
 * What choosing must know of each of some subscribers, read set by set. Topics that the edition has not been matched
 * with yet are matched first.
 *
 * @returns what is known of a subscriber, by their id
 */
export async function knownOf(
  app: App,
  { date }: Pick<Edition, 'date'>,
  readers: readonly { id: string; topicIds: readonly string[] }[],
): Promise<(subscriberId: string) => Known> {
  const { db } = app;
  const topicsOf = new Map(readers.map(({ id, topicIds }) => [id, topicIds]));
  const topicIds = [...new Set(readers.flatMap((reader) => reader.topicIds))];
  await matchMissing(app, date, topicIds);
  const matches = await matchesOf(db, date, topicIds);
  const excluded = await excludedBy(db, date, topicIds);
  const sent = await sentTo(app, date, [...topicsOf.keys()]);
  return (subscriberId) => ({
    matches,
    excluded: new Set((topicsOf.get(subscriberId) ?? []).flatMap((id) => [...(excluded.get(id) ?? [])])),
    sent: sent.get(subscriberId) ?? new Set(),
  });
}

/** The papers in the other digests that each subscriber had, or is about to get. */
async function sentTo({ db }: App, date: string, subscriberIds: string[]): Promise<Map<string, Set<string>>> {
  const rows = await db.$queryRaw<{ id: string; paperIds: string[] }[]>`
    SELECT subscriber_id::text AS id, array_agg(DISTINCT paper_id) AS "paperIds"
    FROM deliveries, unnest(paper_ids) AS paper_id
    WHERE subscriber_id = ANY (${subscriberIds}::uuid[])
      AND status NOT IN ('failed', 'skipped') AND edition_date <> ${startOf(date)}::date
    GROUP BY subscriber_id`;
  return new Map(rows.map(({ id, paperIds }) => [id, new Set(paperIds)]));
}

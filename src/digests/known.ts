import type { App } from '../app.ts';
import type { Edition } from '../editions/edition.ts';
import { findingsOn } from '../editions/findings.ts';
import { likenessTo } from '../editions/likeness.ts';
import { type Day, dayOf, startOf } from '../lib/day.ts';
import { examplesOfAll } from '../subscribers/examples.ts';
import type { Known, Sent } from './reader.ts';
import { type Taste, tasteOf } from './taste.ts';

/**
 * What choosing must know of each of some subscribers, read set by set. Topics that the edition has not been matched
 * with yet are matched first.
 *
 * @returns what is known of a subscriber, by their id
 */
export async function knownOf(
  app: App,
  edition: Edition,
  readers: readonly { id: string; topicIds: readonly string[] }[],
): Promise<(subscriberId: string) => Known> {
  const { date } = edition;
  const ids = readers.map(({ id }) => id);
  const topicsOf = new Map(readers.map(({ id, topicIds }) => [id, topicIds]));
  const [found, sent, since, tastes] = await Promise.all([
    findingsOn(app, edition, new Set(readers.flatMap(({ topicIds }) => topicIds))),
    sentTo(app, date, ids),
    lastDigestOf(app, date, ids),
    tastesOf(app, edition, ids),
  ]);
  const matches = new Map([...found].map(([id, finding]) => [id, finding.matches]));
  return (subscriberId) => ({
    matches,
    excluded: new Set(
      (topicsOf.get(subscriberId) ?? []).flatMap((id) => [...(found.get(id)?.excluded ?? [])]),
    ),
    sent: sent.get(subscriberId) ?? new Map(),
    since: since.get(subscriberId),
    taste: tastes.get(subscriberId),
  });
}

/**
 * The edition's papers that each subscriber had in other digests, or is about to get. The votes that a paper had then are
 * those of that edition.
 *
 * Plan: subscriber by subscriber their deliveries, by (subscriber_id, edition_date): asked for all at once, Postgres reads
 * the whole ledger as long as it has no statistics of it. Their papers are hash-joined with the edition's; the votes of the
 * few that are left are looked up by key.
 */
async function sentTo(
  { db }: App,
  date: Day,
  subscriberIds: string[],
): Promise<Map<string, Map<string, Sent>>> {
  const rows = await db.$queryRaw<{ id: string; paperId: string; on: Date; votes: number; times: number }[]>`
    SELECT r.id::text, d.paper_id AS "paperId", min(d.edition_date) AS on, count(*)::int AS times,
      (array_agg(coalesce(was.votes, 0) ORDER BY d.edition_date))[1] AS votes
    FROM unnest(${subscriberIds}::uuid[]) AS r (id), LATERAL (
      SELECT edition_date, unnest(paper_ids) AS paper_id FROM deliveries
      WHERE subscriber_id = r.id AND status NOT IN ('failed', 'skipped') AND edition_date <> ${startOf(date)}::date
    ) d
    JOIN edition_papers now ON now.edition_date = ${startOf(date)}::date AND now.paper_id = d.paper_id
    LEFT JOIN edition_papers was ON was.edition_date = d.edition_date AND was.paper_id = d.paper_id
    GROUP BY r.id, d.paper_id`;
  return new Map(
    [...Map.groupBy(rows, ({ id }) => id)].map(([id, group]) => [
      id,
      new Map(group.map(({ paperId, on, votes, times }) => [paperId, { on: dayOf(on), votes, times }])),
    ]),
  );
}

/** The edition before this one that each subscriber had last. */
async function lastDigestOf({ db }: App, date: Day, subscriberIds: string[]): Promise<Map<string, Day>> {
  const rows = await db.$queryRaw<{ id: string; last: Date }[]>`
    SELECT r.id::text, d.last
    FROM unnest(${subscriberIds}::uuid[]) AS r (id), LATERAL (
      SELECT max(edition_date) AS last FROM deliveries
      WHERE subscriber_id = r.id AND status NOT IN ('failed', 'skipped') AND edition_date < ${startOf(date)}::date
    ) d
    WHERE d.last IS NOT NULL`;
  return new Map(rows.map(({ id, last }) => [id, dayOf(last)]));
}

/** Of those who gave examples; the others cost nothing. */
async function tastesOf(app: App, edition: Edition, subscriberIds: string[]): Promise<Map<string, Taste>> {
  const examples = await examplesOfAll(app.db, subscriberIds);
  if (examples.size === 0) return new Map();
  const papers = [...examples.values()].flatMap((some) => some.map(({ paperId }) => paperId));
  const likeness = await likenessTo(app, edition, papers);
  return new Map([...examples].map(([id, some]) => [id, tasteOf(some, likeness)]));
}

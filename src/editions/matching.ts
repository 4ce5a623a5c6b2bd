import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';
import { editionCandidates, matches, matchesInTurn } from '../topics/match.ts';
import { closeToStored, closeToTopics } from '../topics/meaning.ts';
import type { Match } from '../topics/relevance.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { embedTopics } from '../topics/vectors.ts';
import { storedWays, waysOf } from '../topics/ways.ts';
import { alone } from './alone.ts';

/** Topics for which papers and words are read once. */
const BATCH = 5000;

/**
 * Matches topics that the edition has not been matched with yet: those given, or all that somebody has who may still get
 * mail. Cheap when there are none; two at once do no harm.
 *
 * @returns how many were matched; none when there is no such edition
 */
export async function matchMissing(app: App, date: Day, topicIds?: string[]): Promise<number> {
  const unmatched = await missing(app.db, date, topicIds);
  if (unmatched.length === 0) return 0;
  await embedTopics(app, { topicIds: unmatched, limit: BATCH });
  return alone(app, date, async (tx) => matchAll(app, tx, date, await missing(tx, date, topicIds)));
}

/** Those of the given topics, or of all that somebody has, that the edition has not been matched with. */
export async function missing(db: App['db'] | Tx, date: Day, topicIds?: string[]): Promise<string[]> {
  const day = startOf(date);
  const rows = topicIds
    ? await db.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM topics
        WHERE id = ANY(${topicIds}::uuid[]) AND EXISTS (SELECT FROM editions WHERE date = ${day}::date)
          AND NOT EXISTS (SELECT FROM edition_topics WHERE edition_date = ${day}::date AND topic_id = id)
        ORDER BY id`
    : await db.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM topics
        WHERE EXISTS (
            SELECT FROM subscriber_topics st JOIN subscribers s ON s.id = st.subscriber_id
            WHERE st.topic_id = topics.id AND s.status NOT IN ('unsubscribed', 'suppressed')
          )
          AND EXISTS (SELECT FROM editions WHERE date = ${day}::date)
          AND NOT EXISTS (SELECT FROM edition_topics WHERE edition_date = ${day}::date AND topic_id = topics.id)
        ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** The caller sees to it that the edition is there. */
export async function matchAll(app: App, tx: Tx, date: Day, topicIds: string[]): Promise<number> {
  for (let start = 0; start < topicIds.length; start += BATCH)
    await matchBatch(app, tx, date, topicIds.slice(start, start + BATCH));
  return topicIds.length;
}

async function matchBatch(app: App, tx: Tx, date: Day, topicIds: string[]): Promise<void> {
  const among = { date, candidates: editionCandidates(date) };
  const close = await closeToStored(app, tx, topicIds, among);
  for await (const found of matchesInTurn(tx, { ...among, ways: storedWays(topicIds), close }))
    await write(tx, date, found);
}

async function write(tx: Tx, date: Day, found: [topicId: string, Match[]][]): Promise<void> {
  const rows = found.map(([id, matches]) => ({ id, matches }));
  await tx.$executeRaw`
    INSERT INTO edition_topics (edition_date, topic_id, matched, matches)
    SELECT ${startOf(date)}::date, id, json_array_length(matches), matches
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS found (id uuid, matches json)
    ON CONFLICT DO NOTHING`;
}

/**
 * What topics would bring of an edition, by their canonical query, and the papers that any of them excludes. Reads only.
 */
export async function previewMatches(
  app: Pick<App, 'db' | 'embedder' | 'log'>,
  date: Day,
  topics: ParsedTopic[],
): Promise<{ matches: Map<string, Match[]>; excluded: Set<string> }> {
  const { db } = app;
  const ways = waysOf(topics);
  const candidates = editionCandidates(date);
  const close = await closeToTopics(app, db, topics, { date, candidates });
  const found = await matches(db, { date, ways, candidates, close });
  const papers = await db.editionPaper.findMany({
    where: { editionDate: startOf(date) },
    select: { paperId: true, rank: true },
  });
  const ranks = new Map(papers.map(({ paperId, rank }) => [paperId, rank]));
  const rankOf = ({ paperId }: Match) => ranks.get(paperId) ?? Number.POSITIVE_INFINITY;
  const excluded = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT id FROM (${ways}) AS way, (${candidates}) AS candidate WHERE candidate.lexemes @@ must_not`;
  return {
    matches: new Map(
      topics.map(({ query }) => [
        query,
        (found.get(query) ?? []).toSorted((a, b) => b.relevance - a.relevance || rankOf(a) - rankOf(b)),
      ]),
    ),
    excluded: new Set(excluded.map(({ id }) => id)),
  };
}

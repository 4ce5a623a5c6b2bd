import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { Prisma, type Tx, withoutJit } from '../lib/db.ts';
import { editionCandidates, matches } from '../topics/match.ts';
import { closeToStored, closeToTopics } from '../topics/meaning.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { embedTopics } from '../topics/vectors.ts';
import { storedWays, waysOf } from '../topics/ways.ts';
import { alone } from './alone.ts';
import type { Match } from './edition.ts';

/** Topics matched in one statement. */
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
  // Postgres takes longer to compile the statement than to run it, and sorts what is sooner hashed, for it knows nothing
  // of how much there is.
  await tx.$executeRaw`
    SELECT set_config('jit', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('work_mem', '64MB', true)`;
  for (let start = 0; start < topicIds.length; start += BATCH)
    await matchBatch(app, tx, date, topicIds.slice(start, start + BATCH));
  return topicIds.length;
}

async function matchBatch(app: App, tx: Tx, date: Day, topicIds: string[]): Promise<void> {
  const day = startOf(date);
  const among = { date, candidates: editionCandidates(date) };
  const close = await closeToStored(app, tx, topicIds, among);
  const found = matches({ ...among, ways: storedWays(topicIds), close });
  await tx.$executeRaw`
    WITH found AS (
      SELECT topic, count(*) AS matched, json_agg(json_build_object(
        'paperId', paper_id, 'relevance', relevance, 'inTitle', in_title, 'inKeywords', in_keywords,
        'inAbstract', in_abstract, 'byMeaning', by_meaning)) AS matches
      FROM (${found}) AS f GROUP BY topic
    )
    INSERT INTO edition_topics (edition_date, topic_id, matched, matches)
    SELECT ${day}::date, id, coalesce(matched, 0), coalesce(matches, '[]')
    FROM unnest(${topicIds}::uuid[]) AS id LEFT JOIN found ON topic = id
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
  const rows = await withoutJit<{ query: string } & Match>(
    db,
    Prisma.sql`
    SELECT topic AS query, found.paper_id AS "paperId", relevance, in_title AS "inTitle", in_keywords AS "inKeywords",
      in_abstract AS "inAbstract", by_meaning AS "byMeaning"
    FROM (${matches({ date, ways, candidates, close })}) AS found
    JOIN edition_papers e ON e.edition_date = ${startOf(date)}::date AND e.paper_id = found.paper_id
    ORDER BY relevance DESC, rank`,
  );
  const excluded = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT id FROM (${ways}) AS way, (${candidates}) AS candidate WHERE candidate.lexemes @@ must_not`;
  const found = Map.groupBy(rows, ({ query }) => query);
  return {
    matches: new Map(
      topics.map(({ query }) => [query, (found.get(query) ?? []).map(({ query: _, ...match }) => match)]),
    ),
    excluded: new Set(excluded.map(({ id }) => id)),
  };
}

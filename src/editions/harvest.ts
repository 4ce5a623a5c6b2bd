import type { App } from '../app.ts';
import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import { type Db, Prisma, type Tx } from '../lib/db.ts';
import { listedCandidates, matches } from '../topics/match.ts';
import { closeToTopics } from '../topics/meaning.ts';
import type { Match } from '../topics/relevance.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { waysOf } from '../topics/ways.ts';

/** How many days a harvest looks back. */
const HARVEST_DAYS = 14;

/** What topics would have brought in the days up to the latest edition's. */
export type Harvest = {
  /** Oldest first. */
  days: Day[];
  /** How many papers were listed on each day, whatever they are about. */
  listed: number[];
  topics: TopicHarvest[];
};

export type TopicHarvest = {
  query: string;
  /** How many papers on the topic were listed on each of the days. */
  found: number[];
  total: number;
  /** The few that suit it best, among equals those with the most votes. */
  best: (Match & { title: string; abstract: string; listedOn: Day })[];
  /** The sources' keywords that its papers have more often than others, the most telling first. */
  keywords: string[];
};

type Matching = Pick<App, 'db' | 'embedder' | 'log'>;

const BEST = 3;
const KEYWORDS = 12;

/**
 * What each of the topics would have brought, for all of them at once. Reads only, and no longer than a few
 * seconds. Null before the first edition.
 *
 * @throws when the database takes too long
 */
export async function harvest(app: Matching, topics: ParsedTopic[]): Promise<Harvest | null> {
  return reading(app.db, async (tx) => {
    const span = await latestDays(tx);
    if (span === null) return null;
    const { days, from, to } = span;
    const found = await matchesOf(app, tx, topics, { from, to });
    const pairs = [...found].flatMap(([topic, matches]) =>
      matches.map(({ paperId, relevance }) => ({ topic, id: paperId, relevance })),
    );
    const between = Prisma.sql`BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;
    // Plan: each set of the answer is one aggregate over the few rows that were found.
    const [row] = await tx.$queryRaw<[{ answer: Answer }]>`
      WITH found AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS found (topic text, id text, relevance float8)
      ), placed AS MATERIALIZED (
        SELECT topic, id, title, abstract, keywords, listed_on,
          row_number() OVER (PARTITION BY topic ORDER BY round(relevance::numeric, 1) DESC, coalesce(votes, 0) DESC, id) AS place
        FROM found JOIN papers USING (id) LEFT JOIN (
          SELECT paper_id AS id, max(votes) AS votes FROM edition_papers WHERE edition_date ${between} GROUP BY paper_id
        ) voted USING (id)
      ), common AS (
        SELECT keyword, count(*) AS papers FROM papers, unnest(keywords) AS keyword WHERE listed_on ${between} GROUP BY keyword
      ), telling AS (
        SELECT topic, keyword, row_number() OVER (
          PARTITION BY topic ORDER BY count(*) > 1 DESC, count(*) ^ 2 / common.papers DESC, keyword
        ) AS place
        FROM placed, unnest(keywords) AS keyword JOIN common USING (keyword) GROUP BY topic, keyword, common.papers
      )
      SELECT jsonb_build_object(
        'listed', (SELECT jsonb_agg(jsonb_build_array(listed_on, count)) FROM
          (SELECT listed_on, count(*) FROM papers WHERE listed_on ${between} GROUP BY listed_on) AS by_day),
        'found', (SELECT jsonb_agg(jsonb_build_array(topic, listed_on, count)) FROM
          (SELECT topic, listed_on, count(*) FROM placed GROUP BY topic, listed_on) AS by_day),
        'best', (SELECT jsonb_agg(jsonb_build_object('query', topic, 'paperId', id, 'title', title, 'abstract', abstract,
            'listedOn', listed_on) ORDER BY place)
          FROM placed WHERE place <= ${BEST}),
        'keywords', (SELECT jsonb_agg(jsonb_build_array(topic, keyword) ORDER BY place) FROM telling WHERE place <= ${KEYWORDS})
      ) AS answer`;
    return { days, ...sorted(row.answer, days, topics, found) };
  });
}

/** How many papers of those days are on each topic, by its canonical query. */
export async function countFound(app: Matching, topics: ParsedTopic[]): Promise<Map<string, number>> {
  if (topics.length === 0) return new Map();
  return reading(app.db, async (tx) => {
    const span = await latestDays(tx);
    if (span === null) return new Map();
    const { from, to } = span;
    const found = await matchesOf(app, tx, topics, { from, to });
    return new Map([...found].map(([query, matches]) => [query, matches.length]));
  });
}

/** The topics' papers, as in an edition. */
async function matchesOf(
  app: Matching,
  tx: Tx,
  topics: ParsedTopic[],
  { from, to }: { from: Day; to: Day },
): Promise<Map<string, Match[]>> {
  const candidates = listedCandidates(from, to);
  const close = await closeToTopics(app, tx, topics, { date: to, candidates });
  return matches(tx, { date: to, ways: waysOf(topics), candidates, close });
}

const MOST_MS = 5000;

/** In a transaction that Postgres lets change nothing, and ends when it takes too long. */
function reading<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SET TRANSACTION READ ONLY`;
    // Postgres takes longer to compile such a statement than to run it.
    await tx.$executeRaw`SELECT set_config('jit', 'off', true), set_config('statement_timeout', ${String(MOST_MS)}, true)`;
    return read(tx);
  });
}

/** Up to the day of the latest edition: its list is complete. */
async function latestDays(tx: Tx): Promise<{ days: Day[]; from: Day; to: Day } | null> {
  const edition = await tx.edition.findFirst({ orderBy: { date: 'desc' }, select: { date: true } });
  if (edition === null) return null;
  const to = dayOf(edition.date);
  const from = addDays(to, 1 - HARVEST_DAYS);
  return { from, to, days: Array.from({ length: HARVEST_DAYS }, (_, n) => addDays(from, n)) };
}

type Answer = {
  listed: [Day, number][] | null;
  found: [query: string, Day, number][] | null;
  best: { query: string; paperId: string; title: string; abstract: string; listedOn: Day }[] | null;
  keywords: [query: string, keyword: string][] | null;
};

function sorted(
  answer: Answer,
  days: Day[],
  topics: ParsedTopic[],
  matched: Map<string, Match[]>,
): Omit<Harvest, 'days'> {
  const listed = new Map(answer.listed ?? []);
  const found = Map.groupBy(answer.found ?? [], ([query]) => query);
  const best = Map.groupBy(answer.best ?? [], ({ query }) => query);
  const keywords = Map.groupBy(answer.keywords ?? [], ([query]) => query);
  return {
    listed: days.map((day) => listed.get(day) ?? 0),
    topics: topics.map(({ query }) => {
      const byDay = new Map(found.get(query)?.map(([, day, count]) => [day, count]));
      const byPaper = new Map(matched.get(query)?.map((match) => [match.paperId, match]));
      return {
        query,
        found: days.map((day) => byDay.get(day) ?? 0),
        total: [...byDay.values()].reduce((sum, count) => sum + count, 0),
        best: (best.get(query) ?? []).flatMap(({ query: _, ...paper }) => {
          const match = byPaper.get(paper.paperId);
          return match ? [{ ...match, ...paper }] : [];
        }),
        keywords: keywords.get(query)?.map(([, keyword]) => keyword) ?? [],
      };
    }),
  };
}

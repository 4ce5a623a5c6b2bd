import type { App } from '../app.ts';
import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import { type Db, Prisma, type Tx } from '../lib/db.ts';
import { listedCandidates, matches } from '../topics/match.ts';
import { closeToTopics } from '../topics/meaning.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { waysOf } from '../topics/ways.ts';
import type { Match } from './edition.ts';

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
 * What each of the topics would have brought, for all of them in one statement. Reads only, and no longer than a few
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
    const between = Prisma.sql`BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;
    // Plan: as in match.ts; each set of the answer is one aggregate over the few rows that were found.
    const [row] = await tx.$queryRaw<[{ answer: Answer }]>`
      WITH found AS MATERIALIZED (${found}), placed AS MATERIALIZED (
        SELECT topic, paper_id, relevance, in_title, in_keywords, in_abstract, by_meaning, title, abstract, keywords, listed_on,
          row_number() OVER (PARTITION BY topic ORDER BY round(relevance::numeric, 1) DESC, coalesce(votes, 0) DESC, id) AS place
        FROM found JOIN papers ON id = paper_id LEFT JOIN (
          SELECT paper_id, max(votes) AS votes FROM edition_papers WHERE edition_date ${between} GROUP BY paper_id
        ) voted USING (paper_id)
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
        'best', (SELECT jsonb_agg(jsonb_build_object('query', topic, 'paperId', paper_id, 'relevance', relevance,
            'inTitle', in_title, 'inKeywords', in_keywords, 'inAbstract', in_abstract, 'byMeaning', by_meaning, 'title', title,
            'abstract', abstract, 'listedOn', listed_on) ORDER BY place)
          FROM placed WHERE place <= ${BEST}),
        'keywords', (SELECT jsonb_agg(jsonb_build_array(topic, keyword) ORDER BY place) FROM telling WHERE place <= ${KEYWORDS})
      ) AS answer`;
    return { days, ...sorted(row.answer, days, topics) };
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
    const rows = await tx.$queryRaw<{ query: string; count: number }[]>`
      SELECT topic AS query, count(*)::int AS count FROM (${found}) AS found GROUP BY topic`;
    return new Map(rows.map(({ query, count }) => [query, count]));
  });
}

/**
 * The topics' papers, as in an edition. Whether a paper has any of their words is told ten times as fast as which, so the
 * others are sorted out first: of 7,500 papers in two weeks 720 have a word of “speculative decoding”.
 */
async function matchesOf(
  app: Matching,
  tx: Tx,
  topics: ParsedTopic[],
  { from, to }: { from: Day; to: Day },
): Promise<Prisma.Sql> {
  const listed = listedCandidates(from, to);
  const close = await closeToTopics(app, tx, topics, { date: to, candidates: listed });
  const ways = waysOf(topics);
  const candidates = Prisma.sql`
    SELECT listed.* FROM (${listed}) AS listed, (
      SELECT string_agg(query, ' | ')::tsquery AS words, bool_or(query IS NULL) AS every FROM (
        SELECT coalesce(
          (SELECT string_agg(CASE WHEN lexeme LIKE '%''%' THEN '(' || lexeme || ')' ELSE quote_literal(lexeme) END, ' | ')
            FROM unnest(lexemes) AS lexeme),
          '(' || must::text || ')') AS query
        FROM (${ways}) AS way
      ) AS sought
    ) AS any_of
    WHERE every OR listed.lexemes @@ any_of.words
      ${close.length > 0 ? Prisma.sql`OR id = ANY (${close.map(({ paperId }) => paperId)}::text[])` : Prisma.empty}`;
  return matches({ date: to, ways, candidates, close });
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
  best: ({ query: string } & TopicHarvest['best'][number])[] | null;
  keywords: [query: string, keyword: string][] | null;
};

function sorted(answer: Answer, days: Day[], topics: ParsedTopic[]): Omit<Harvest, 'days'> {
  const listed = new Map(answer.listed ?? []);
  const found = Map.groupBy(answer.found ?? [], ([query]) => query);
  const best = Map.groupBy(answer.best ?? [], ({ query }) => query);
  const keywords = Map.groupBy(answer.keywords ?? [], ([query]) => query);
  return {
    listed: days.map((day) => listed.get(day) ?? 0),
    topics: topics.map(({ query }) => {
      const byDay = new Map(found.get(query)?.map(([, day, count]) => [day, count]));
      return {
        query,
        found: days.map((day) => byDay.get(day) ?? 0),
        total: [...byDay.values()].reduce((sum, count) => sum + count, 0),
        best: (best.get(query) ?? []).map(({ query: _, ...paper }) => paper),
        keywords: keywords.get(query)?.map(([, keyword]) => keyword) ?? [],
      };
    }),
  };
}

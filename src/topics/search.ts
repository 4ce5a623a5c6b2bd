import type { App } from '../app.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import type { ParsedTopic } from './topic.ts';
import { byAuthors, inCategories, waysOf } from './ways.ts';

/** A stored paper that a search found. */
export type Hit = {
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  /** The words of title and abstract that the search found, as they stand there. */
  words: string[];
  authors: string[];
  categories: string[];
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  listedOn: Day;
  votes: number;
  comments: number;
  stars: number | null;
  /** 0.5 (the cut-off) to 1. */
  relevance: number;
};

export type Found = {
  hits: Hit[];
  /** How many papers are on the topic among those that were weighed. */
  total: number;
  /** Whether more papers than can be weighed have a word of the search, so that older ones may be missing. */
  capped: boolean;
};

/** How many papers, the newest that have what the search is about, are weighed for a way of the topic. */
const MOST_WEIGHED = 3000;
/** Beyond so many a word is common, and how common makes no difference any more. */
const COMMON = 20_000;
/** What a word found only in the abstract counts, of one in the title (match.ts). */
const IN_ABSTRACT = 0.7;
const CUT_OFF = 0.5;

/**
 * Searches all stored papers for a topic: by relevance, those that have its words side by side first among equals, then by
 * votes, then the newest. Relevance is the share of
 * the topic's weight that a paper covers, as in an edition's matches, with words weighed by all stored papers.
 *
 * Plan: the light words of a topic cannot reach the cut-off by themselves, so a paper on it has one of the heavy words:
 * these alone are looked up in the GIN index. 100,000 papers: 10 to 150 ms.
 */
export async function searchPapers(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  { limit, offset = 0, listedOn }: { limit: number; offset?: number; listedOn?: Day },
): Promise<Found> {
  const ways = await weighedWays(db, topic);
  if (ways.length === 0) return { hits: [], total: 0, capped: false };
  const found = Prisma.join(
    ways.map((way) => Prisma.sql`(${weighedPapers(way, listedOn)})`),
    ' UNION ALL ',
  );
  type Row = Omit<Hit, 'listedOn' | 'words'> & {
    listedOn: Date;
    headline: string;
    total: number;
    weighed: number;
  };
  const rows = await db.$queryRaw<Row[]>`
    WITH found AS MATERIALIZED (${found}), best AS MATERIALIZED (
      SELECT id, max(relevance) AS relevance, bool_or(near) AS near FROM found WHERE relevance >= ${CUT_OFF - 1e-9}::float8 GROUP BY id
    ), ranked AS MATERIALIZED (
      SELECT best.*, listed_on, coalesce(votes, 0) AS votes, coalesce(comments, 0) AS comments, stars
      FROM best JOIN papers USING (id) LEFT JOIN LATERAL (
        SELECT votes, comments, stars FROM signals WHERE paper_id = id ORDER BY measured_at DESC LIMIT 1
      ) last ON TRUE
    ), page AS (
      SELECT * FROM ranked ORDER BY round(relevance::numeric, 2) DESC, near DESC, votes DESC, listed_on DESC, id DESC
      LIMIT ${limit}::int OFFSET ${offset}::int
    )
    SELECT id, title, abstract, tldr, ${headline(ways)} AS headline, authors, categories, thumbnail, repository, project_page AS "projectPage", page.listed_on AS "listedOn",
      votes, comments, stars, relevance::float8 AS relevance, (SELECT count(*)::int FROM best) AS total,
      (SELECT count(*)::int FROM found) AS weighed
    FROM page JOIN papers USING (id)
    ORDER BY round(relevance::numeric, 2) DESC, near DESC, votes DESC, page.listed_on DESC, id DESC`;
  // A page past the last has no row to tell how many there are.
  if (rows.length === 0 && offset > 0)
    return {
      ...(await searchPapers({ db }, topic, { limit: 1, ...(listedOn ? { listedOn } : {}) })),
      hits: [],
    };
  return {
    hits: rows.map(({ total: _, weighed: __, headline, listedOn, ...hit }) => ({
      ...hit,
      listedOn: dayOf(listedOn),
      words: [...new Set([...headline.matchAll(HIT)].map(([, word]) => (word ?? '').toLowerCase()))],
    })),
    total: rows[0]?.total ?? 0,
    capped: (rows[0]?.weighed ?? 0) >= MOST_WEIGHED,
  };
}

type WeighedWay = {
  /** Texts of tsqueries with their shares of the way's weight, the heaviest first. */
  words: { query: string; share: number }[];
  /** The text of a tsquery for the words side by side; null for a single one. */
  together: string | null;
  must: string | null;
  mustNot: string | null;
  categories: string[];
  authors: string[];
};

/** A way whose words the database does not know as words (dropped, with nothing else left) finds nothing. */
async function weighedWays(db: App['db'], topic: ParsedTopic): Promise<WeighedWay[]> {
  type Row = Omit<WeighedWay, 'words' | 'together'> & {
    words: { query: string; df: number }[];
    papers: number;
  };
  const rows = await db.$queryRaw<Row[]>`
    SELECT must::text, must_not::text AS "mustNot", categories, authors,
      (SELECT reltuples::int FROM pg_class WHERE oid = 'papers'::regclass) AS papers,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('query', query, 'df', (
          SELECT count(*) FROM (SELECT FROM papers WHERE papers.lexemes @@ query::tsquery LIMIT ${COMMON}::int) AS having_it
        )) ORDER BY n)
        FROM (
          SELECT n, CASE WHEN lexeme LIKE '%''%' THEN lexeme ELSE quote_literal(lexeme) END AS query
          FROM unnest(lexemes) WITH ORDINALITY AS t(lexeme, n)
        ) word
      ), '[]') AS words
    FROM (${waysOf([topic])}) AS way ORDER BY position`;
  return rows
    .map(({ words, papers, ...way }) => {
      const weights = words.map(({ query, df }) => ({
        query,
        weight: Math.log(1 + (Math.max(papers, df) + 1) / (df + 0.5)),
      }));
      const total = weights.reduce((sum, { weight }) => sum + weight, 0);
      const shares = weights.map(({ query, weight }) => ({ query, share: weight / total }));
      const together = words.length > 1 ? words.map(({ query }) => `(${query})`).join(' <-> ') : null;
      return { ...way, together, words: shares.sort((a, b) => b.share - a.share) };
    })
    .filter((way) => way.words.length + way.categories.length + way.authors.length > 0 || way.must !== null);
}

/** A query for `(id, relevance, near)`: the newest papers that may be on the topic this way, weighed. */
function weighedPapers(
  { words, together, must, mustNot, categories, authors }: WeighedWay,
  listedOn?: Day,
): Prisma.Sql {
  const heavy = heavyOf(words).map(({ query }) => `(${query})`);
  const conditions = [
    ...(heavy.length > 0 ? [Prisma.sql`lexemes @@ ${heavy.join(' | ')}::tsquery`] : []),
    ...(must ? [Prisma.sql`lexemes @@ ${must}::tsquery`] : []),
    ...(mustNot ? [Prisma.sql`NOT lexemes @@ ${mustNot}::tsquery`] : []),
    ...(listedOn ? [Prisma.sql`listed_on = ${listedOn}::date`] : []),
    ...(categories.length > 0
      ? [inCategories(Prisma.sql`${categories}::text[]`, Prisma.sql`categories`)]
      : []),
    ...(authors.length > 0 ? [byAuthors(Prisma.sql`${authors}::text[]`, Prisma.sql`author_keys`)] : []),
  ];
  const shares = words.map(
    ({ query, share }) => Prisma.sql`${share}::float8 * CASE
      WHEN NOT lexemes @@ ${query}::tsquery THEN 0
      WHEN ts_filter(lexemes, '{a,b}') @@ ${query}::tsquery THEN 1 ELSE ${IN_ABSTRACT}::float8 END`,
  );
  return Prisma.sql`
    SELECT id, ${words.length > 0 ? Prisma.join(shares, ' + ') : Prisma.sql`1::float8`} AS relevance,
      ${together ? Prisma.sql`lexemes @@ ${together}::tsquery` : Prisma.sql`FALSE`} AS near
    FROM (
      SELECT id, lexemes FROM papers WHERE ${Prisma.join(conditions, ' AND ')}
      ORDER BY listed_on DESC, id DESC LIMIT ${MOST_WEIGHED}::int
    ) AS newest`;
}

/** The words without which a paper cannot reach the cut-off: what is left of the lightest weighs less than that. */
function heavyOf<Word extends { share: number }>(words: Word[]): Word[] {
  let light = 0;
  let end = words.length;
  while (end > 0 && light + (words[end - 1]?.share ?? 0) < CUT_OFF - 1e-9) {
    light += words[end - 1]?.share ?? 0;
    end -= 1;
  }
  return words.slice(0, end);
}

/** Stand around what was found; control characters, which no stored text has. */
const [START, STOP] = ['\u0002', '\u0003'];
const HIT = new RegExp(`${START}([^${STOP}]*)${STOP}`, 'g');

/** Title and abstract with the found words between START and STOP. It reads the text again, so only a page is asked for it. */
function headline(ways: WeighedWay[]): Prisma.Sql {
  const queries = ways.flatMap(({ words, must }) => [
    ...words.map(({ query }) => query),
    ...(must ? [must] : []),
  ]);
  if (queries.length === 0) return Prisma.sql`''`;
  const query = queries.map((part) => `(${part})`).join(' | ');
  const options = `HighlightAll=true,StartSel="${START}",StopSel="${STOP}"`;
  return Prisma.sql`ts_headline('english', title || ' . ' || coalesce(tldr, '') || ' . ' || abstract, ${query}::tsquery, ${options})`;
}

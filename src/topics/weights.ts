import type { App } from '../app.ts';
import { Prisma, withoutJit } from '../lib/db.ts';
import { CUT_OFF } from './match.ts';
import type { ParsedTopic } from './topic.ts';
import { waysOf } from './ways.ts';

/** How many papers, the newest, say how rare a word is; as for an edition's matches (match.ts). */
const CORPUS = 2000;
/** Shares are a little other than those of an edition, whose corpus ends with its day: so much is given away. */
const PATIENCE = 0.03;

/** One side of a topic's ORs, ready for Postgres. */
export type WeighedWay = {
  /** Texts of tsqueries with their shares of the way's weight, the heaviest first. */
  words: Weighed[];
  /** The text of a tsquery for the words side by side, as the reader wrote them; null for less than two. */
  together: string | null;
  /** Texts of tsqueries. */
  must: string | null;
  mustNot: string | null;
  categories: string[];
  authors: string[];
};

export type Weighed = { query: string; share: number };

/**
 * The ways of a topic with their words weighed as for an edition (match.ts), df from the newest papers. A way of which
 * Postgres leaves nothing is dropped.
 *
 * Plan: for each word a count over the listing days of the corpus, through the GIN index and that of the days.
 */
export async function weighedWays({ db }: Pick<App, 'db'>, topic: ParsedTopic): Promise<WeighedWay[]> {
  type Row = Omit<WeighedWay, 'words' | 'together'> & { words: Counted[] };
  const rows = await withoutJit<Row>(
    db,
    Prisma.sql`
      WITH since AS MATERIALIZED (
        SELECT coalesce(
          (SELECT listed_on FROM papers ORDER BY listed_on DESC OFFSET ${CORPUS}::int LIMIT 1), '-infinity'
        ) AS day
      )
      SELECT must::text, must_not::text AS "mustNot", categories, authors,
        coalesce((
          SELECT jsonb_agg(jsonb_build_object('query', query, 'df', (
            SELECT count(*) FROM papers
            WHERE listed_on >= (SELECT day FROM since) AND papers.lexemes @@ query::tsquery
          )) ORDER BY n)
          FROM (
            SELECT n, CASE WHEN lexeme LIKE '%''%' THEN lexeme ELSE quote_literal(lexeme) END AS query
            FROM unnest(lexemes) WITH ORDINALITY AS t(lexeme, n)
          ) word
        ), '[]') AS words
      FROM (${waysOf([topic])}) AS way ORDER BY position`,
  );
  return rows
    .map(({ words, ...way }) => ({
      ...way,
      words: sharesOf(words),
      together: words.length > 1 ? words.map(({ query }) => `(${query})`).join(' <-> ') : null,
    }))
    .filter(
      ({ words, must, categories, authors }) => must || words.length + categories.length + authors.length > 0,
    );
}

type Counted = { query: string; df: number };

function sharesOf(words: Counted[]): Weighed[] {
  const most = Math.max(...words.map(({ df }) => df));
  const weights = words.map(({ query, df }) => ({
    query,
    weight: Math.sqrt(Math.log(1 + (most + 1) / (df + 0.5))),
  }));
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  return weights
    .map(({ query, weight }) => ({ query, share: weight / total }))
    .sort((a, b) => b.share - a.share || (a.query < b.query ? -1 : 1));
}

/**
 * The words of which a paper must have one to reach the cut-off: all the others together weigh less than that.
 *
 * @param words the heaviest first
 */
export function heavyOf<Word extends { share: number }>(words: Word[]): Word[] {
  let light = 0;
  const end = words.findLastIndex(({ share }) => {
    light += share;
    return light >= CUT_OFF - PATIENCE;
  });
  return words.slice(0, end + 1);
}

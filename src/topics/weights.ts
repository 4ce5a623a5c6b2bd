import type { Tx } from '../lib/db.ts';
import { ANY_DAY, rarityOf } from './rarity.ts';
import { CUT_OFF, requiredOf, weighed } from './relevance.ts';
import type { ParsedTopic } from './topic.ts';
import { tsqueryOf, waysOf } from './ways.ts';

/** One side of a topic's ORs, ready for Postgres. */
export type WeighedWay = {
  /** The heaviest first. */
  words: Weighed[];
  /** The text of a tsquery for the words side by side, as the reader wrote them; null for less than two. */
  together: string | null;
  /** Texts of tsqueries. */
  must: string | null;
  mustNot: string | null;
  categories: string[];
  authors: string[];
};

export type Weighed = {
  /** The text of a tsquery. */
  query: string;
  /** Of the way's weight. */
  share: number;
  /** No paper without it can reach the cut-off. */
  isRequired: boolean;
};

/**
 * The ways of a topic with their words weighed as for an edition (match.ts), by the newest papers, and how many of these
 * have each word. A way of which Postgres leaves nothing is dropped.
 */
export async function weighedWays(
  tx: Tx,
  topic: ParsedTopic,
): Promise<{ ways: WeighedWay[]; rarity: Map<string, number> }> {
  type Row = Omit<WeighedWay, 'words' | 'together'> & { lexemes: string[] };
  const rows = await tx.$queryRaw<Row[]>`
    SELECT lexemes, must::text, must_not::text AS "mustNot", categories, authors FROM (${waysOf([topic])}) AS way ORDER BY position`;
  const rarity = await rarityOf(tx, [...new Set(rows.flatMap(({ lexemes }) => lexemes))], ANY_DAY);
  const ways = rows
    .map(({ lexemes, ...way }) => ({
      ...way,
      words: sharesOf(lexemes.map((lexeme) => ({ query: tsqueryOf(lexeme), df: rarity.get(lexeme) ?? 0 }))),
      together: lexemes.length > 1 ? lexemes.map((lexeme) => `(${tsqueryOf(lexeme)})`).join(' <-> ') : null,
    }))
    .filter(
      ({ words, must, categories, authors }) => must || words.length + categories.length + authors.length > 0,
    );
  return { ways, rarity };
}

function sharesOf(words: { query: string; df: number }[]): Weighed[] {
  const way = weighed(words);
  const required = new Set(requiredOf(way, CUT_OFF));
  return way.terms
    .map((term) => ({
      query: term.query,
      share: term.weight / way.total,
      isRequired: required.has(term),
    }))
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
    return light >= CUT_OFF;
  });
  return words.slice(0, end + 1);
}

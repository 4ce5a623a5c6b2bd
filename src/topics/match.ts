import { type Day, startOf } from '../lib/day.ts';
import { type Db, Prisma, type Tx } from '../lib/db.ts';
import { letThrough } from './demands.ts';
import { hitsOf } from './hits.ts';
import type { Close } from './meaning.ts';
import { rarityOf } from './rarity.ts';
import { CUT_OFF, type Match, relevantTo } from './relevance.ts';
import { keyOf, type SoughtWay, soughtWays } from './ways.ts';

/**
 * The papers on each of the topics, each in the way that suits it best; topics that have none are absent.
 *
 * Postgres tells which papers bear the words, and whether a way's demands let them through. What the words are worth is
 * told in memory (relevance.ts): the pairs of a topic and a paper are many, and Postgres takes several times as long.
 *
 * @param options.date papers listed later say nothing of how rare a word is
 * @param options.rarity how many papers have each word (rarity.ts), where that is known already
 * @param options.ways a query for the topics' ways (ways.ts)
 * @param options.candidates a query for `(id, lexemes)` of papers
 * @param options.cutOff the least relevance; 0 to be told of whatever has a word of a topic
 * @param options.close candidates that are close in meaning to a way
 */
export async function matches(
  db: Db | Tx,
  {
    date,
    rarity: known,
    ways,
    candidates,
    cutOff = CUT_OFF,
    close = [],
  }: {
    date: Day;
    rarity?: Map<string, number>;
    ways: Prisma.Sql;
    candidates: Prisma.Sql;
    cutOff?: number;
    close?: Close[];
  },
): Promise<Map<string, Match[]>> {
  const sought = await soughtWays(db, ways);
  const lexemes = [...new Set(sought.flatMap((way) => way.lexemes))];
  const rarity = known ?? (await rarityOf(db, lexemes, date));
  const hits = await hitsOf(db, lexemes, candidates);
  const wordsOf = (way: SoughtWay) =>
    way.lexemes.map((lexeme, n) => ({
      text: way.words[n] ?? '',
      df: rarity.get(lexeme) ?? 0,
      hits: hits.get(lexeme) ?? new Map(),
    }));
  const byWay = Map.groupBy(close, keyOf);
  const closeTo = (way: SoughtWay) =>
    new Map(byWay.get(keyOf(way))?.map(({ paperId, thousandths }) => [paperId, thousandths]));
  const found = sought.map((way) => ({
    way,
    papers: relevantTo(wordsOf(way), { cutOff, close: closeTo(way) }),
  }));
  const through = await letThrough(db, { found, ways, candidates });
  return new Map(
    [...Map.groupBy(through, ({ way }) => way.topic)].flatMap(([topic, inWays]): [string, Match[]][] => {
      const papers = best(inWays.map(({ papers }) => papers));
      return papers.length > 0 ? [[topic, papers]] : [];
    }),
  );
}

/** Each paper in the way that suits it best, the first among equals. */
function best([first = [], ...others]: Match[][]): Match[] {
  const best = new Map(first.map((match) => [match.paperId, match]));
  for (const match of others.flat()) {
    const before = best.get(match.paperId);
    if (!before || match.relevance > before.relevance) best.set(match.paperId, match);
  }
  return [...best.values()];
}

/** The papers of an edition, to be matched. */
export const editionCandidates = (date: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes FROM edition_papers JOIN papers ON id = paper_id WHERE edition_date = ${startOf(date)}::date`;

/** The papers that were listed on these days, both included, to be matched. */
export const listedCandidates = (from: Day, to: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes FROM papers WHERE listed_on BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;

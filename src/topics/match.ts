import { type Day, startOf } from '../lib/day.ts';
import { type Db, Prisma, type Tx } from '../lib/db.ts';
import { letThrough } from './demands.ts';
import { hitsOf } from './hits.ts';
import type { Close } from './meaning.ts';
import { rarityOf } from './rarity.ts';
import { CUT_OFF, type Match, relevantTo } from './relevance.ts';
import { type SoughtWay, soughtWays } from './ways.ts';

type Matching = {
  /** Papers listed later say nothing of how rare a word is. */
  date: Day;
  /** How many papers have each word (rarity.ts), where that is known already. */
  rarity?: Map<string, number>;
  /** A query for the topics' ways (ways.ts). */
  ways: Prisma.Sql;
  /** A query for `(id, lexemes)` of papers. */
  candidates: Prisma.Sql;
  /** The least relevance; 0 to be told of whatever has a word of a topic. */
  cutOff?: number;
  /** Candidates that are close in meaning to a way. */
  close?: Close[];
};

/** So many topics at a time: what they find is soon written and forgotten. */
const IN_TURN = 100;

/** The papers on each of the topics, each in the way that suits it best. */
export async function matches(db: Db | Tx, matching: Matching): Promise<Map<string, Match[]>> {
  return new Map((await Array.fromAsync(matchesInTurn(db, matching))).flat());
}

/**
 * The same, for many topics: some of them at a time, so that what they find does not fill the memory.
 *
 * Postgres tells which papers bear the words, and whether a way's demands let them through. What the words are worth is
 * told in memory (relevance.ts): the pairs of a topic and a paper are many, and Postgres takes several times as long.
 */
export async function* matchesInTurn(
  db: Db | Tx,
  { date, rarity: known, ways, candidates, cutOff = CUT_OFF, close = [] }: Matching,
): AsyncGenerator<[topic: string, Match[]][]> {
  const sought = await soughtWays(db, ways);
  const lexemes = [...new Set(sought.flatMap((way) => way.lexemes))];
  const rarity = known ?? (await rarityOf(db, lexemes, date));
  const hits = await hitsOf(db, lexemes, candidates);
  const closeTo = closeByWay(close);
  const wordsOf = (way: SoughtWay) =>
    way.lexemes.map((lexeme, n) => ({
      text: way.words[n] ?? '',
      df: rarity.get(lexeme) ?? 0,
      hits: hits.get(lexeme) ?? new Map(),
    }));
  const topics = [...Map.groupBy(sought, ({ topic }) => topic).values()];
  for (let start = 0; start < topics.length; start += IN_TURN) {
    const found = topics
      .slice(start, start + IN_TURN)
      .flat()
      .map((way) => ({ way, papers: relevantTo(wordsOf(way), { cutOff, close: closeTo(way) }) }));
    const through = await letThrough(db, found, candidates);
    const byTopic = Map.groupBy(through, ({ way }) => way.topic);
    yield [...byTopic].map(([topic, inWays]) => [topic, best(inWays.map(({ papers }) => papers))]);
  }
}

const keyOf = ({ topic, position }: { topic: string; position: number }) => `${position} ${topic}`;

function closeByWay(close: Close[]): (way: SoughtWay) => ReadonlyMap<string, number> {
  const byWay = new Map<string, Map<string, number>>();
  for (const { paperId, thousandths, ...way } of close) {
    const papers = byWay.get(keyOf(way)) ?? new Map();
    byWay.set(keyOf(way), papers.set(paperId, thousandths));
  }
  return (way) => byWay.get(keyOf(way)) ?? NONE;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** Each paper in the way that suits it best, the first among equals. */
function best([only = [], ...others]: Match[][]): Match[] {
  if (others.length === 0) return only;
  const byPaper = new Map<string, Match>();
  for (const match of [only, ...others].flat()) {
    const before = byPaper.get(match.paperId);
    if (!before || match.relevance > before.relevance) byPaper.set(match.paperId, match);
  }
  return [...byPaper.values()];
}

/** The papers of an edition, to be matched. */
export const editionCandidates = (date: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes FROM edition_papers JOIN papers ON id = paper_id WHERE edition_date = ${startOf(date)}::date`;

/** The papers that were listed on these days, both included, to be matched. */
export const listedCandidates = (from: Day, to: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes FROM papers WHERE listed_on BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;

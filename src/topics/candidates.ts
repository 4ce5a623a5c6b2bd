import type { Day } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { categoriesWithin } from './categories.ts';
import { byAuthors } from './ways.ts';
import { heavyOf, type Weighed, type WeighedWay } from './weights.ts';

/**
 * How many papers, the newest that have what the search is about, are weighed for each way of the topic; and half as many
 * of those that have all of its words, which a search is after first.
 */
export const mostWeighed = (ways: number): number => Math.min(2000, Math.ceil(4000 / ways));
/** What a word found only in the abstract counts, of one in the title (match.ts). */
const IN_ABSTRACT = 0.7;

/**
 * A query for `(id, relevance, near)`: papers that may be on the topic this way, weighed; `near` says that the words
 * stand side by side.
 *
 * Plan: the light words of a topic cannot reach the cut-off by themselves, so a paper on it has one of the heavy words;
 * these alone are looked up. Where they are rare that goes through the GIN index; where they are common the newest papers
 * are walked through until enough have them. Either way some thousands of papers are weighed at most.
 */
export function candidatesOf(
  way: WeighedWay,
  { most, listedOn }: { most: number; listedOn: Day | undefined },
): Prisma.Sql {
  const { words, together } = way;
  const joined = (some: Weighed[], joint: string) => some.map(({ query }) => `(${query})`).join(joint);
  const some = newest(way, joined(heavyOf(words), ' | '), { limit: most, listedOn });
  const complete = newest(way, joined(words, ' & '), { limit: Math.ceil(most / 2), listedOn });
  return Prisma.sql`
    SELECT id, ${relevanceOf(way)} AS relevance,
      ${together ? Prisma.sql`lexemes @@ ${together}::tsquery` : Prisma.sql`FALSE`} AS near
    FROM (${together ? Prisma.sql`(${some}) UNION (${complete})` : some}) AS candidate JOIN papers USING (id)`;
}

function newest(
  { must, mustNot, categories, authors }: WeighedWay,
  words: string,
  { limit, listedOn }: { limit: number; listedOn: Day | undefined },
): Prisma.Sql {
  const conditions = [
    ...(words ? [Prisma.sql`lexemes @@ ${words}::tsquery`] : []),
    ...(must ? [Prisma.sql`lexemes @@ ${must}::tsquery`] : []),
    ...(mustNot ? [Prisma.sql`NOT lexemes @@ ${mustNot}::tsquery`] : []),
    ...(listedOn ? [Prisma.sql`listed_on = ${listedOn}::date`] : []),
    ...categories.map((name) => Prisma.sql`categories && ${categoriesWithin(name)}::text[]`),
    // The parts of a name are found through an index, their order is then looked at.
    ...authors.map((name) => Prisma.sql`author_words(author_keys) @> ${name.split(' ')}::text[]`),
    ...(authors.length > 0 ? [byAuthors(Prisma.sql`${authors}::text[]`, Prisma.sql`author_keys`)] : []),
  ];
  return Prisma.sql`
    SELECT id FROM papers WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY listed_on DESC, id DESC LIMIT ${limit}::int`;
}

/** The share of the way's words that a paper covers; where there are phrases only, whether the title has them. */
function relevanceOf({ words, must }: WeighedWay): Prisma.Sql {
  const sought = words.length > 0 ? words : must ? [{ query: must, share: 1 }] : [];
  if (sought.length === 0) return Prisma.sql`1::float8`;
  const head = Prisma.sql`ts_filter(lexemes, '{a,b}')`;
  return Prisma.join(
    sought.map(
      ({ query, share }) => Prisma.sql`${share}::float8 * CASE
        WHEN NOT lexemes @@ ${query}::tsquery THEN 0
        WHEN ${head} @@ ${query}::tsquery THEN 1 ELSE ${IN_ABSTRACT}::float8 END`,
    ),
    ' + ',
  );
}

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

/** Phrases are looked for in so many papers at most, the newest that have their words. */
const MOST_READ = 5000;

/**
 * A query for `(id, near)`: papers that may be on the topic this way; `near` says that its words stand side by side, or
 * its phrases in the title. A row without an id says that a phrase was not looked for in all that have its words.
 *
 * Plan: the light words of a topic cannot reach the cut-off by themselves, so a paper on it has one of the heavy words;
 * these alone are looked up. Where they are rare that goes through the GIN index; where they are common the newest papers
 * are walked through until enough have them. Whether words stand in a row the index does not know, so for a phrase of
 * common words the papers themselves are read, which is what takes longest. Either way some thousands are, at most.
 */
export function candidatesOf(
  way: WeighedWay,
  { most, listedOn }: { most: number; listedOn: Day | undefined },
): Prisma.Sql {
  const { words, together, must } = way;
  const joined = (some: Weighed[], joint: string) => some.map(({ query }) => `(${query})`).join(joint);
  const heavy = having(joined(heavyOf(words), ' | '));
  const all = having(joined(words, ' & '));
  const within = [...filtersOf(way), ...(listedOn ? [Prisma.sql`listed_on = ${listedOn}::date`] : [])];
  const pool = newest(
    Prisma.sql`papers`,
    [...heavy, ...having(must && inAnyOrder(must)), ...within],
    MOST_READ,
  );
  const [source, sought] = must ? [Prisma.sql`pool`, having(must)] : [Prisma.sql`papers`, within];
  const some = newest(source, [...heavy, ...sought], most);
  const complete = newest(source, [...all, ...sought], Math.ceil(most / 2));
  return Prisma.sql`
    ${must ? Prisma.sql`WITH pool AS MATERIALIZED (${pool})` : Prisma.empty}
    SELECT id, ${nearIn(way)} AS near
    FROM (SELECT id FROM (${some}) AS some_words ${together ? Prisma.sql`UNION SELECT id FROM (${complete}) AS all_words` : Prisma.empty}) AS found
    JOIN papers USING (id)
    ${must ? Prisma.sql`UNION ALL SELECT NULL, FALSE FROM pool HAVING count(*) >= ${MOST_READ}::int` : Prisma.empty}`;
}

function nearIn({ together, must }: WeighedWay): Prisma.Sql {
  if (together) return Prisma.sql`papers.lexemes @@ ${together}::tsquery`;
  return must ? Prisma.sql`ts_filter(papers.lexemes, '{a,b}') @@ ${must}::tsquery` : Prisma.sql`FALSE`;
}

const newest = (source: Prisma.Sql, conditions: Prisma.Sql[], limit: number): Prisma.Sql => Prisma.sql`
  SELECT id, listed_on, lexemes FROM ${source} WHERE ${Prisma.join(conditions, ' AND ')}
  ORDER BY listed_on DESC, id DESC LIMIT ${limit}::int`;

const having = (query: string | null): Prisma.Sql[] =>
  query ? [Prisma.sql`lexemes @@ ${query}::tsquery`] : [];

/** The words of a tsquery's phrases, wherever they stand. */
const inAnyOrder = (query: string): string => query.replace(/<(?:-|\d+)>/g, '&');

const filtersOf = ({ mustNot, categories, authors }: WeighedWay): Prisma.Sql[] => [
  ...(mustNot ? [Prisma.sql`NOT lexemes @@ ${mustNot}::tsquery`] : []),
  ...categories.map((name) => Prisma.sql`categories && ${categoriesWithin(name)}::text[]`),
  // The parts of a name are found through an index, their order is then looked at.
  ...authors.map((name) => Prisma.sql`author_words(author_keys) @> ${name.split(' ')}::text[]`),
  ...(authors.length > 0 ? [byAuthors(Prisma.sql`${authors}::text[]`, Prisma.sql`author_keys`)] : []),
];

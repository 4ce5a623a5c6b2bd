import type { Day } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { categoriesWithin } from './categories.ts';
import { byAuthors } from './ways.ts';
import { heavyOf, type WeighedWay } from './weights.ts';

/**
 * How many papers, the newest that have what the search is about, are weighed for all ways of a topic, and for words alone;
 * for a phrase more, for whether words stand in a row the index does not know.
 */
const [MOST, MOST_BY_WORDS] = [4000, 2000];

/** How many papers are weighed for a way at the most. */
export const mostWeighed = ({ must }: WeighedWay, ways: number): number =>
  Math.min(must ? MOST : MOST_BY_WORDS, Math.ceil(MOST / ways));

/**
 * A query for the ids of papers that may be on the topic this way: those that have all words without which none can be
 * on it, or, where no word is so, one of the heavy ones. Besides half as many that have all of its words, which a search
 * is after first. Some may have what they must not have.
 *
 * Plan: a bitmap of the GIN index, of which the newest are kept. A walk from the newest paper on, or through all, would
 * take the lexemes of each out of storage, which the planner thinks costs nothing. So where there are words, or a whole
 * name, the order is one that no index has; categories are looked at where words have led; and whoever runs this turns
 * `enable_seqscan` off.
 */
export function candidatesOf(
  way: WeighedWay,
  { most, listedOn }: { most: number; listedOn: Day | undefined },
): Prisma.Sql {
  const { words } = way;
  const required = words.filter(({ isRequired }) => isRequired);
  const some = required.length > 0 ? joined(required, '&') : joined(heavyOf(words), '|');
  const newest = (query: string, limit: number) => Prisma.sql`(
    SELECT id FROM papers
    WHERE ${Prisma.join(conditions(query, way, listedOn), ' AND ')}
    ORDER BY ${isRare(way) ? Prisma.sql`listed_on + 0` : Prisma.sql`listed_on`} DESC, id DESC LIMIT ${limit}::int)`;
  if (required.length === words.length) return newest(some, most);
  return Prisma.sql`${newest(some, most)} UNION ${newest(joined(words, '&'), Math.ceil(most / 2))}`;
}

const joined = (words: { query: string }[], sign: '&' | '|') =>
  words.map(({ query }) => `(${query})`).join(` ${sign} `);

/** A whole name is rare; of a surname alone, as of a category, the newest papers soon have enough. */
const isRare = (way: WeighedWay) => hasWords(way) || way.authors.some((name) => name.includes(' '));

const hasWords = ({ words, must }: WeighedWay) => words.length > 0 || must !== null;

function conditions(query: string, way: WeighedWay, listedOn: Day | undefined): Prisma.Sql[] {
  const { must, mustNot, authors } = way;
  const has = [query, must].flatMap((part) => (part ? [`(${inAnyOrder(part)})`] : []));
  const hasNot = mustNot && inAnyOrder(mustNot) === mustNot ? [`!(${mustNot})`] : [];
  const categories = hasWords(way) ? Prisma.sql`(categories || '{}')` : Prisma.sql`categories`;
  return [
    ...(hasWords(way) ? [Prisma.sql`lexemes @@ ${[...has, ...hasNot].join(' & ')}::tsquery`] : []),
    ...way.categories.map((name) => Prisma.sql`${categories} && ${categoriesWithin(name)}::text[]`),
    // The parts of a name are found through an index, their order is then looked at.
    ...authors.map((name) => Prisma.sql`author_words(author_keys) @> ${name.split(' ')}::text[]`),
    ...(authors.length > 0 ? [byAuthors(Prisma.sql`${authors}::text[]`, Prisma.sql`author_keys`)] : []),
    ...(listedOn ? [Prisma.sql`listed_on = ${listedOn}::date`] : []),
  ];
}

/** The words of a tsquery's phrases, wherever they stand. */
const inAnyOrder = (query: string): string => query.replace(/<(?:-|\d+)>/g, '&');

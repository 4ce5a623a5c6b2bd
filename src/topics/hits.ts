import { Prisma, type Tx } from '../lib/db.ts';
import type { Hit, Said } from './relevance.ts';
import { isParted, tsqueryOf } from './ways.ts';

/** Of so few lexemes Postgres tells soon which papers have any; of more nearly all do. */
const FEW = 200;

/**
 * How papers bear lexemes, by lexeme and paper.
 *
 * Plan: a tsvector is taken out of storage once, which is what takes longest. It comes as text and is taken apart here, for
 * which Postgres takes five times as long; of few lexemes these alone come.
 *
 * @param candidates a query for `(id, lexemes)`
 */
export async function hitsOf(
  db: Tx,
  lexemes: string[],
  candidates: Prisma.Sql,
): Promise<Map<string, Map<string, Hit>>> {
  const hits = new Map(lexemes.map((lexeme) => [lexeme, new Map<string, Hit>()]));
  if (lexemes.length === 0) return hits;
  const few = lexemes.length <= FEW;
  const any = lexemes.map((lexeme) => `(${tsqueryOf(lexeme)})`).join(' | ');
  const papers = await db.$queryRaw<{ id: string; vector: string }[]>`
    SELECT id, (${few ? only(lexemes) : Prisma.sql`lexemes`})::text AS vector
    FROM (
      SELECT id, lexemes || '' AS lexemes FROM (${candidates}) AS candidates
      ${few ? Prisma.sql`WHERE lexemes @@ ${any}::tsquery` : Prisma.empty} OFFSET 0
    ) AS candidates ORDER BY id`;
  const asWritten = new Map([...hits].map(([lexeme, papers]) => [lexeme.replace(/['\\]/g, '$&$&'), papers]));
  for (const { id, vector } of papers)
    for (const [, lexeme = '', positions = ''] of vector.matchAll(LEXEME))
      asWritten.get(lexeme)?.set(id, hitAt(positions.split(',')));
  for (const { lexeme, id, place } of await partedHits(db, lexemes.filter(isParted), candidates))
    hits.get(lexeme)?.set(id, { place, times: 1, positions: [] });
  return hits;
}

/** A paper's lexemes without all but some, each as of the place where it counts most. No tsvector of ours has weights D. */
function only(some: string[]): Prisma.Sql {
  const among = (lexemes: Prisma.Sql) =>
    Prisma.sql`ts_filter(setweight(${lexemes}, 'D', ${some}::text[]), '{d}')`;
  const namedIn = (weight: string) =>
    Prisma.sql`tsvector_to_array(${among(Prisma.sql`ts_filter(lexemes, ${weight}::"char"[])`)})`;
  return Prisma.sql`
    setweight(setweight(setweight(${among(Prisma.sql`lexemes`)}, 'C'), 'B', ${namedIn('{b}')}), 'A', ${namedIn('{a}')})`;
}

/** As Postgres writes them: `'decod':2A,17C,40C 'o''neill':5C`. */
const LEXEME = /'((?:[^']|'')+)'(?::([\dA-D,]+))?/g;

/** @param positions each with its weight: of the title A, of the keywords B, of the abstract C */
const hitAt = (positions: string[]): Hit => ({
  place: bestOf(positions),
  times: positions.length,
  positions: positions.map((position) => Number.parseInt(position, 10)),
});

function bestOf(positions: string[]): keyof Said {
  const weights = positions.map((position) => position.at(-1));
  if (weights.includes('A')) return 'inTitle';
  return weights.includes('B') ? 'inKeywords' : 'inAbstract';
}

/** Words that Postgres parts, such as `foo_bar`, have no place of their own. */
async function partedHits(
  db: Tx,
  lexemes: string[],
  candidates: Prisma.Sql,
): Promise<{ lexeme: string; id: string; place: keyof Said }[]> {
  if (lexemes.length === 0) return [];
  return db.$queryRaw`
    SELECT lexeme, id, ${placeOf(Prisma.sql`query`)} AS place
    FROM (SELECT lexeme, lexeme::tsquery AS query FROM unnest(${lexemes}::text[]) AS lexeme) AS parted
    JOIN (${candidates}) AS candidates ON lexemes @@ query`;
}

/** Where one of the candidates bears a tsquery that it meets. */
export const placeOf = (query: Prisma.Sql): Prisma.Sql => Prisma.sql`
  CASE WHEN ts_filter(candidates.lexemes, '{a}') @@ ${query} THEN 'inTitle'
    WHEN ts_filter(candidates.lexemes, '{a,b}') @@ ${query} THEN 'inKeywords' ELSE 'inAbstract' END`;

import { Prisma, type Tx } from '../lib/db.ts';
import { placeOf } from './hits.ts';
import type { Match, Said } from './relevance.ts';
import { byAuthors, type Demands, inCategories, type SoughtWay } from './ways.ts';

/** A way, and the papers that are on it by its words and its meaning. */
type Found = { way: SoughtWay; papers: Match[] };

/**
 * Keeps the papers that have what their way demands: phrases, categories, authors, and nothing that it excludes. Its
 * phrases are then named like its words. A way without words gets all candidates that meet its demands, with relevance 1.
 *
 * @param candidates a query with a column `id`
 */
export async function letThrough(db: Tx, found: Found[], candidates: Prisma.Sql): Promise<Found[]> {
  const asked = found.flatMap(({ way, papers }, n) =>
    way.demands
      ? [{ n, ...way.demands, ids: way.isWordless ? null : papers.map(({ paperId }) => paperId) }]
      : [],
  );
  if (asked.length === 0) return found;
  const admitted = Map.groupBy(await admittedOf(db, asked, candidates), ({ n }) => n);
  return found.map(({ way, papers }, n) => {
    if (!way.demands) return { way, papers };
    const byWords = new Map(way.isWordless ? [] : papers.map((match) => [match.paperId, match]));
    return { way, papers: (admitted.get(n) ?? []).map((paper) => withPhrases(byWords, paper)) };
  });
}

/** In which papers the demands of a way are looked for; null: in all candidates. */
type Asked = Demands & { n: number; ids: string[] | null };
/** A paper that is let through, and the phrases that it bears. */
type Admitted = { n: number; id: string } & { [Place in keyof Said]: string[] | null };

/**
 * Plan: each pair of a way and a paper once, by hash joins; phrases are looked for only where the rest is met. Lexemes are
 * taken out of storage once, not for each pair, and only where somebody looks at them.
 */
function admittedOf(db: Tx, asked: Asked[], candidates: Prisma.Sql): Promise<Admitted[]> {
  const phrasesAt = (place: keyof Said) =>
    Prisma.sql`array_agg(phrase ORDER BY nth) FILTER (WHERE place = ${place})`;
  return db.$queryRaw`
    WITH asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS asked (n int, ids text[], must tsquery, must_not tsquery,
        phrases text[], phrase_tokens text[], categories text[], authors text[])
    ), candidates AS MATERIALIZED (
      SELECT id, CASE WHEN (SELECT bool_or(must IS NOT NULL OR must_not IS NOT NULL) FROM asked) THEN lexemes || '' END AS lexemes,
        categories, author_keys
      FROM papers WHERE id IN (SELECT id FROM (${candidates}) AS c)
    ), pairs AS (
      SELECT n, unnest(ids) AS id FROM asked
      UNION ALL
      SELECT n, id FROM asked, candidates WHERE ids IS NULL
    )
    SELECT n, id, said.*
    FROM pairs JOIN asked USING (n) JOIN candidates USING (id) LEFT JOIN LATERAL (
      SELECT ${phrasesAt('inTitle')} AS "inTitle", ${phrasesAt('inKeywords')} AS "inKeywords", ${phrasesAt('inAbstract')} AS "inAbstract"
      FROM (
        SELECT phrase, nth, ${placeOf(Prisma.sql`query`)} AS place
        FROM unnest(phrases, phrase_tokens) WITH ORDINALITY AS p (phrase, tokens, nth), phraseto_tsquery('english', tokens) AS query
        WHERE must IS NOT NULL
      ) AS placed
    ) AS said ON TRUE
    WHERE (must IS NULL OR candidates.lexemes @@ must)
      AND (must_not IS NULL OR NOT candidates.lexemes @@ must_not)
      AND (cardinality(asked.categories) = 0 OR ${inCategories(Prisma.sql`asked.categories`, Prisma.sql`candidates.categories`)})
      AND (cardinality(authors) = 0 OR ${byAuthors(Prisma.sql`authors`, Prisma.sql`author_keys`)})`;
}

function withPhrases(byWords: Map<string, Match>, { id, ...phrases }: Admitted): Match {
  const match = byWords.get(id) ?? { ...OF_DEMANDS_ALONE, paperId: id };
  return {
    ...match,
    inTitle: [...match.inTitle, ...(phrases.inTitle ?? [])],
    inKeywords: [...match.inKeywords, ...(phrases.inKeywords ?? [])],
    inAbstract: [...match.inAbstract, ...(phrases.inAbstract ?? [])],
  };
}

const OF_DEMANDS_ALONE = { relevance: 1, inTitle: [], inKeywords: [], inAbstract: [], byMeaning: false };

import { Prisma, type Tx } from '../lib/db.ts';
import { placeOf } from './hits.ts';
import type { Match, Said } from './relevance.ts';
import { byAuthors, inCategories, keyOf, type SoughtWay } from './ways.ts';

/** A way, and the papers that are on it by its words and its meaning. */
export type Found = { way: SoughtWay; papers: Match[] };

/**
 * Keeps the papers that have what their way demands: phrases, categories, authors, and nothing that it excludes. Its
 * phrases are then named like its words. A way of demands alone gets all candidates that meet them, with relevance 1.
 *
 * @param options.ways a query for the ways (ways.ts)
 * @param options.candidates a query with a column `id`
 */
export async function letThrough(
  tx: Tx,
  { found, ...from }: { found: Found[]; ways: Prisma.Sql; candidates: Prisma.Sql },
): Promise<Found[]> {
  const demanding = found.filter(({ way }) => way.isDemanding);
  if (demanding.length === 0) return found;
  const asked = demanding.map(({ way, papers }) => ({
    topic: way.topic,
    position: way.position,
    ids: way.isWordless ? null : papers.map(({ paperId }) => paperId),
  }));
  const admitted = Map.groupBy(await admittedOf(tx, { asked, ...from }), keyOf);
  return found.map(({ way, papers }) => {
    if (!way.isDemanding) return { way, papers };
    const byWords = new Map(way.isWordless ? [] : papers.map((match) => [match.paperId, match]));
    return { way, papers: (admitted.get(keyOf(way)) ?? []).map((paper) => withPhrases(byWords, paper)) };
  });
}

/** In which papers a way is asked for; null: in all candidates. */
type Asked = { topic: string; position: number; ids: string[] | null };
/** A paper that is let through, and the phrases that it bears. */
type Admitted = { topic: string; position: number; id: string } & { [Place in keyof Said]: string[] | null };

/**
 * Plan: each pair of a way and a paper once, by hash joins; phrases are looked for only where the rest is met. Lexemes are
 * taken out of storage once, not for each pair.
 */
function admittedOf(
  tx: Tx,
  { asked, ways, candidates }: { asked: Asked[]; ways: Prisma.Sql; candidates: Prisma.Sql },
): Promise<Admitted[]> {
  const phrasesAt = (place: keyof Said) =>
    Prisma.sql`array_agg(phrase ORDER BY n) FILTER (WHERE place = ${place})`;
  return tx.$queryRaw`
    WITH asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS asked (topic text, position int, ids text[])
    ), demanding AS MATERIALIZED (
      SELECT asked.ids, w.* FROM (${ways}) AS w JOIN asked ON asked.topic = w.topic::text AND asked.position = w.position
    ), candidates AS MATERIALIZED (
      SELECT id, lexemes || '' AS lexemes, categories, author_keys FROM papers WHERE id IN (SELECT id FROM (${candidates}) AS c)
    ), pairs AS (
      SELECT topic, position, unnest(ids) AS id FROM asked
      UNION ALL
      SELECT topic, position, id FROM asked, candidates WHERE ids IS NULL
    )
    SELECT pairs.*, said.*
    FROM pairs JOIN demanding ON demanding.topic::text = pairs.topic AND demanding.position = pairs.position
    JOIN candidates USING (id) LEFT JOIN LATERAL (
      SELECT ${phrasesAt('inTitle')} AS "inTitle", ${phrasesAt('inKeywords')} AS "inKeywords", ${phrasesAt('inAbstract')} AS "inAbstract"
      FROM (
        SELECT phrase, n, ${placeOf(Prisma.sql`query`)} AS place
        FROM unnest(phrases, phrase_tokens) WITH ORDINALITY AS p (phrase, tokens, n), phraseto_tsquery('english', tokens) AS query
        WHERE must IS NOT NULL
      ) AS placed
    ) AS said ON TRUE
    WHERE (must IS NULL OR candidates.lexemes @@ must)
      AND (must_not IS NULL OR NOT candidates.lexemes @@ must_not)
      AND (cardinality(demanding.categories) = 0 OR ${inCategories(Prisma.sql`demanding.categories`, Prisma.sql`candidates.categories`)})
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

import type { App } from '../app.ts';
import { startOf } from '../lib/day.ts';
import { alikeInMeaning } from './alike.ts';
import type { Edition } from './edition.ts';
import { memory } from './memory.ts';

/**
 * How like a given paper the edition's papers are, by their ids: cosines from 0.08 to 1. Of 6,700 papers two picked at
 * random have 0.04, 0.09 at the 95th percentile and 0.13 at the 99th.
 */
export type Likeness = ReadonlyMap<string, number>;

/** Less than this is chance. */
const LEAST = 0.08;
/** What a word counts that only the abstract has, in tenths of one in the title or the keywords. */
const IN_ABSTRACT = 4;

/** A statement takes 1.4 s for 200 examples, but 19 s for 1,000. */
const recall = memory<Likeness>({ most: 2_000, atOnce: 200 });

/**
 * The likeness of the edition's papers to each of some papers, which need not be in it: the cosine of their words, a word
 * weighed by how rare it is in the edition; or, of two that the model of EMBEDDINGS has read, how like they are in meaning.
 */
export const likenessTo = (
  app: Pick<App, 'db' | 'embedder'>,
  edition: Edition,
  paperIds: Iterable<string>,
): Promise<ReadonlyMap<string, Likeness>> => recall(edition, paperIds, (ids) => find(app, edition, ids));

async function find(
  { db, embedder }: Pick<App, 'db' | 'embedder'>,
  edition: Edition,
  examples: string[],
): Promise<[string, Likeness][]> {
  const byExample = Map.groupBy(await measure(db, edition, examples), ({ example }) => example);
  const meant = embedder && (await alikeInMeaning(db, embedder.model, edition.date, examples));
  return examples.map((id) => {
    const words = (byExample.get(id) ?? []).map(({ paperId, cosine }) => [paperId, cosine] as const);
    const all = new Map([...words, ...(meant?.get(id) ?? [])]);
    return [id, new Map([...all].filter(([, cosine]) => cosine >= LEAST))];
  });
}

/**
 * Weights are whole numbers, so that no order of summing changes a result.
 *
 * Plan: the edition's papers are unnested once into (paper, lexeme) and hash-joined with the examples' lexemes.
 */
const measure = (db: App['db'], { date }: Edition, examples: string[]) => db.$queryRaw<
  { example: string; paperId: string; cosine: number }[]
>`
  WITH candidates AS MATERIALIZED (
    SELECT id, lexemes FROM edition_papers JOIN papers ON id = paper_id WHERE edition_date = ${startOf(date)}::date
  ), words AS MATERIALIZED (
    SELECT false AS given, id, lexeme, CASE WHEN weights && '{A,B}' THEN 10 ELSE ${IN_ABSTRACT}::int END AS tenths
    FROM candidates, unnest(lexemes) AS t(lexeme, positions, weights)
    UNION ALL
    SELECT true, id, lexeme, CASE WHEN weights && '{A,B}' THEN 10 ELSE ${IN_ABSTRACT}::int END
    FROM papers, unnest(lexemes) AS t(lexeme, positions, weights) WHERE id = ANY (${examples}::text[])
  ), rarity AS MATERIALIZED (
    SELECT lexeme, ln(1 + ((SELECT count(*) FROM candidates) + 1) / (count(*) FILTER (WHERE NOT given) + 0.5)) AS idf
    FROM words GROUP BY lexeme
  ), weighed AS MATERIALIZED (
    SELECT given, id, lexeme, round(100 * tenths * idf)::bigint AS weight FROM words JOIN rarity USING (lexeme)
  ), norms AS MATERIALIZED (
    SELECT given, id, sqrt(sum(weight * weight)::float8) AS norm FROM weighed GROUP BY given, id
  ), products AS (
    SELECT e.id AS example, p.id AS paper, sum(e.weight * p.weight)::float8 AS product
    FROM weighed e JOIN weighed p USING (lexeme) WHERE e.given AND NOT p.given AND e.id <> p.id
    GROUP BY e.id, p.id
  )
  SELECT example, paper AS "paperId", product / (a.norm * b.norm) AS cosine
  FROM products JOIN norms a ON a.given AND a.id = example JOIN norms b ON NOT b.given AND b.id = paper
  WHERE product >= ${LEAST}::float8 * a.norm * b.norm`;

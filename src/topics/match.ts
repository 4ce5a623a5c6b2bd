import { type Day, startOf } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { byAuthors, inCategories } from './ways.ts';

/** A paper that covers less of a topic than this is not on it (measured: DESIGN.md section 7). */
export const CUT_OFF = 0.5;
/** What a word found only in the abstract counts, in tenths of one in the title. */
const IN_ABSTRACT = 7;
/** How many papers, the newest, say how rare a word is. */
const CORPUS = 5000;

/**
 * A query for `(topic, paper_id, relevance, in_title, in_keywords, in_abstract)`: every candidate that is on a topic, for
 * all of the topics at once, each in the way that suits the paper best.
 *
 * Relevance is idf-weighted coverage. A word weighs `ln(1 + (N+1)/(df+0.5))`, N and df taken from the newest papers up to
 * the day; a paper has the share of a topic's weight that it covers, a word in the title or the keywords wholly,
 * one in the abstract by 0.7. Phrases, exclusions, categories and authors let a paper through or not, and a topic of
 * those alone has relevance 1. Weights are whole millionths, so that no order of summing changes a result.
 *
 * A word is a lexeme, or, for a term of abbreviations.ts, a tsquery of its forms, told by its quotes.
 *
 * Plan: every CTE is scanned or hash-joined, never looked up by row, so that the planner's guesses about them cannot hurt:
 * the corpus and the edition's papers are each unnested once into (paper, lexeme) and joined with the topics' vocabulary,
 * the few terms go through the GIN index. (way, paper) pairs are summed in one HashAggregate. 5,000 topics on 300 papers,
 * corpus of 5,000: 1.7 s on PostgreSQL 15 with `jit` off (which takes longer than all the rest), 2.5 s on PGlite.
 *
 * @param options.date papers listed later say nothing of how rare a word is
 * @param options.ways a query for the topics' ways (ways.ts)
 * @param options.candidates a query for `(id, lexemes, categories, author_keys)`
 * @param options.cutOff the least relevance; 0 to be told of whatever has a word of a topic
 */
export function matches({
  date,
  ways,
  candidates,
  cutOff = CUT_OFF,
}: {
  date: Day;
  ways: Prisma.Sql;
  candidates: Prisma.Sql;
  cutOff?: number;
}): Prisma.Sql {
  const day = startOf(date);
  return Prisma.sql`
    WITH ways AS MATERIALIZED (
      SELECT row_number() OVER (ORDER BY topic, position) AS way, w.* FROM (${ways}) AS w
    ), words AS MATERIALIZED (
      SELECT way, n, lexeme FROM ways, unnest(lexemes) WITH ORDINALITY AS t(lexeme, n)
    ), vocabulary AS MATERIALIZED (
      SELECT DISTINCT lexeme FROM words
    ), terms AS MATERIALIZED (
      SELECT lexeme, lexeme::tsquery AS forms FROM vocabulary WHERE lexeme LIKE '%''%'
    ), corpus AS MATERIALIZED (
      SELECT id, lexemes FROM papers WHERE listed_on <= ${day}::date ORDER BY listed_on DESC, id DESC LIMIT ${CORPUS}::int
    ), frequency AS (
      SELECT lexeme, count(*) AS df
      FROM corpus, unnest(tsvector_to_array(lexemes)) AS found(lexeme) JOIN vocabulary USING (lexeme)
      GROUP BY lexeme
      UNION ALL
      SELECT lexeme, count(*) FROM terms JOIN papers ON papers.lexemes @@ forms JOIN corpus USING (id) GROUP BY lexeme
    ), weights AS MATERIALIZED (
      SELECT lexeme, round(1e6 * ln(1 + ((SELECT count(*) FROM corpus) + 1) / (coalesce(df, 0) + 0.5)))::bigint AS weight
      FROM vocabulary LEFT JOIN frequency USING (lexeme)
    ), candidates AS MATERIALIZED (
      ${candidates}
    ), hits AS MATERIALIZED (
      SELECT id, lexeme, weight * CASE WHEN place IN ('A', 'B') THEN 10 ELSE ${IN_ABSTRACT}::int END AS tenths, place
      FROM (
        SELECT id, lexeme, (SELECT min(w) FROM unnest(found.weights) AS w) AS place
        FROM candidates, unnest(lexemes) AS found(lexeme, positions, weights) JOIN vocabulary USING (lexeme)
        UNION ALL
        SELECT id, lexeme, CASE WHEN ts_filter(lexemes, '{a}') @@ forms THEN 'A'
          WHEN ts_filter(lexemes, '{a,b}') @@ forms THEN 'B' ELSE 'C' END
        FROM terms JOIN candidates ON lexemes @@ forms
      ) found JOIN weights USING (lexeme)
    ), weighed AS MATERIALIZED (
      SELECT way, n, lexeme, 10 * sum(weight) OVER (PARTITION BY way) AS total FROM words JOIN weights USING (lexeme)
    ), scored AS MATERIALIZED (
      SELECT way, id, sum(tenths) / max(total) AS relevance,
        array_agg(n) FILTER (WHERE place = 'A') AS titled, array_agg(n) FILTER (WHERE place = 'B') AS keyed,
        array_agg(n) FILTER (WHERE place NOT IN ('A', 'B')) AS abstracted
      FROM weighed JOIN hits USING (lexeme)
      GROUP BY way, id HAVING sum(tenths) >= ${cutOff}::numeric * max(total)
      UNION ALL
      SELECT way, id, 1, NULL, NULL, NULL FROM ways, candidates
      WHERE cardinality(ways.lexemes) = 0 AND (must IS NOT NULL OR cardinality(ways.categories || authors) > 0)
    ), reached AS MATERIALIZED (
      SELECT * FROM scored JOIN ways USING (way)
    )
    SELECT DISTINCT ON (topic, id) topic, id AS paper_id, relevance::float8 AS relevance,
      ARRAY(SELECT words[n] FROM unnest(titled) AS n ORDER BY n)
        || coalesce(phrases_titled, '{}') AS in_title,
      ARRAY(SELECT words[n] FROM unnest(keyed) AS n ORDER BY n)
        || coalesce(phrases_keyed, '{}') AS in_keywords,
      ARRAY(SELECT words[n] FROM unnest(abstracted) AS n ORDER BY n)
        || coalesce(phrases_abstracted, '{}') AS in_abstract
    FROM reached JOIN candidates USING (id), LATERAL (
      SELECT array_agg(phrase ORDER BY n) FILTER (WHERE place = 'A') AS phrases_titled,
        array_agg(phrase ORDER BY n) FILTER (WHERE place = 'B') AS phrases_keyed,
        array_agg(phrase ORDER BY n) FILTER (WHERE place = 'C') AS phrases_abstracted
      FROM (
        SELECT phrase, n, CASE WHEN ts_filter(candidates.lexemes, '{a}') @@ form THEN 'A'
          WHEN ts_filter(candidates.lexemes, '{a,b}') @@ form THEN 'B' ELSE 'C' END AS place
        FROM unnest(phrases) WITH ORDINALITY AS p(phrase, n), phraseto_tsquery('english', phrase) AS form
      ) placed
    ) said
    WHERE (must IS NULL OR candidates.lexemes @@ must)
      AND (must_not IS NULL OR NOT candidates.lexemes @@ must_not)
      AND ${inCategories(Prisma.sql`reached.categories`, Prisma.sql`candidates.categories`)}
      AND ${byAuthors(Prisma.sql`authors`, Prisma.sql`author_keys`)}
    ORDER BY topic, id, relevance DESC, position`;
}

/** The papers of an edition, to be matched. */
export const editionCandidates = (date: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes, categories, author_keys
  FROM edition_papers JOIN papers ON id = paper_id WHERE edition_date = ${startOf(date)}::date`;

/** The papers that were listed on these days, both included, to be matched. */
export const listedCandidates = (from: Day, to: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes, categories, author_keys
  FROM papers WHERE listed_on BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;

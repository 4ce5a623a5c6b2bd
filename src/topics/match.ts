import { type Day, startOf } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import type { Close } from './meaning.ts';
import { byAuthors, inCategories } from './ways.ts';

/** A paper less relevant than this is not on a topic. */
export const CUT_OFF = 0.5;
/** What a word counts, in hundredths of one in the title, that the abstract bears once, twice, three times, more often. */
const IN_ABSTRACT = [65, 75, 80, 85];
/**
 * What is left, in hundredths, of the relevance of a paper in which no two words of the topic stand near each other. Of two
 * words that weigh the same, one in the title and the other once in the abstract are no match, twice they are: of 6,700
 * papers hardly one of the former was on its topic. However rare one is beside the other, it weighs at most 0.776, so that
 * neither alone ever makes a match.
 */
const STREWN = 60;
/** How many papers, the newest, say how rare a word is. */
const CORPUS = 2000;
/**
 * Of a topic that is one word, which so many of those papers have, the abstract counts less by so many hundredths: said there
 * once and nowhere else it is no match. Most papers name a benchmark or reasoning once, and are on something else.
 */
const [COMMON, LESS] = [50, 16];

/**
 * A query for `(topic, paper_id, relevance, in_title, in_keywords, in_abstract, by_meaning)`: every candidate that is on a
 * topic, for all of the topics at once, each in the way that suits the paper best.
 *
 * Relevance is coverage times cohesion. A word weighs `sqrt(ln(1 + (most+1)/(df+0.5)))`, df being how many of the newest
 * papers up to the day have it, and most the df of the topic's commonest word: not how many papers there are, so that one
 * that has no word of a topic changes nothing about it. A paper has the share of a topic's weight that it covers, a word in
 * the title or the keywords wholly, one in the abstract by IN_ABSTRACT (a common word alone by LESS less). Cohesion is 1
 * when all neighbours in the topic stand near each other in the paper too, STREWN when none do, and in between by the weight
 * of those that do. Near is within four places, and never across the end of a sentence. Phrases, exclusions, categories and
 * authors let a paper through or not, and a topic of those alone has relevance 1. Weights are whole millionths, so that no
 * order of summing changes a result. Where EMBEDDINGS has papers close in meaning, that fills up so large a share of what
 * the words leave open; it never takes from them.
 *
 * A word is a lexeme, or, where Postgres parts it (`foo_bar`), the text of a tsquery, told by its quotes.
 *
 * Plan: every CTE is scanned or hash-joined, never looked up by row, so that the planner's guesses about them cannot hurt:
 * the corpus and the candidates are each unnested once into (paper, lexeme) and joined with the topics' vocabulary. A
 * paper is weighed for a way only if it has the words without which none can reach the cut-off, the two heaviest of them;
 * or, where no word is so, one of the heavy words, without which the others together cannot.
 * Run it with `jit` off: compiling takes longer than all the rest.
 *
 * @param options.date papers listed later say nothing of how rare a word is
 * @param options.ways a query for the topics' ways (ways.ts)
 * @param options.candidates a query for `(id, lexemes, categories, author_keys)`
 * @param options.cutOff the least relevance; 0 to be told of whatever has a word of a topic
 * @param options.close candidates that are close in meaning to a way
 */
export function matches({
  date,
  ways,
  candidates,
  cutOff = CUT_OFF,
  close = [],
}: {
  date: Day;
  ways: Prisma.Sql;
  candidates: Prisma.Sql;
  cutOff?: number;
  close?: Close[];
}): Prisma.Sql {
  const day = startOf(date);
  return Prisma.sql`
    WITH ways AS MATERIALIZED (
      SELECT row_number() OVER (ORDER BY topic, position) AS way, w.* FROM (${ways}) AS w
    ), words AS MATERIALIZED (
      SELECT way, n, lexeme, words[n] AS text FROM ways, unnest(lexemes) WITH ORDINALITY AS t(lexeme, n)
    ), vocabulary AS MATERIALIZED (
      SELECT row_number() OVER () AS word, lexeme FROM (SELECT DISTINCT lexeme FROM words) AS distinct_words
    ), parted AS MATERIALIZED (
      SELECT word, lexeme::tsquery AS query FROM vocabulary WHERE lexeme LIKE '%''%'
    ), corpus AS MATERIALIZED (
      SELECT id, lexemes FROM papers WHERE listed_on <= ${day}::date ORDER BY listed_on DESC, id DESC LIMIT ${CORPUS}::int
    ), frequency AS (
      SELECT word, count(*) AS df
      FROM corpus, unnest(tsvector_to_array(lexemes)) AS found(lexeme) JOIN vocabulary USING (lexeme)
      GROUP BY word
      UNION ALL
      SELECT word, count(*) FROM parted JOIN corpus ON lexemes @@ query GROUP BY word
    ), weights AS MATERIALIZED (
      SELECT way, n, word, text, coalesce(df, 0) AS df,
        round(1e6 * sqrt(ln(1 + (max(coalesce(df, 0)) OVER (PARTITION BY way) + 1) / (coalesce(df, 0) + 0.5)::float8)))::int AS weight
      FROM words JOIN vocabulary USING (lexeme) LEFT JOIN frequency USING (word)
    ), candidates AS MATERIALIZED (
      SELECT row_number() OVER (ORDER BY c.id) AS paper, c.* FROM (${candidates}) AS c
    ), ${close.length > 0 ? closePairs(close) : Prisma.empty} hits AS MATERIALIZED (
      SELECT paper, word,
        CASE WHEN 'A' = ANY(weights) THEN 'A' WHEN 'B' = ANY(weights) THEN 'B' ELSE 'C' END AS place,
        CASE WHEN 'A' = ANY(weights) OR 'B' = ANY(weights) THEN 100
          ELSE (${IN_ABSTRACT}::int[])[least(cardinality(weights), ${IN_ABSTRACT.length}::int)] END AS credit,
        ${cells(Prisma.sql`positions`)} AS cells
      FROM candidates, unnest(lexemes) AS found(lexeme, positions, weights) JOIN vocabulary USING (lexeme)
      UNION ALL
      SELECT paper, word, place, CASE place WHEN 'C' THEN ${IN_ABSTRACT[0]}::int ELSE 100 END, NULL
      FROM parted JOIN candidates ON lexemes @@ query, LATERAL (SELECT ${placeOf(Prisma.sql`query`)} AS place) AS found
    ), weighed AS MATERIALIZED (
      SELECT way, n, word, text, weight,
        CASE WHEN count(*) OVER whole = 1 AND df >= ${COMMON}::int THEN ${LESS}::int ELSE 0 END AS less,
        sum(weight) OVER whole AS total,
        sum(weight) OVER (PARTITION BY way ORDER BY weight, n ROWS UNBOUNDED PRECEDING) AS so_far,
        coalesce(lag(weight) OVER in_row + weight, 0) + coalesce(lead(weight) OVER in_row + weight, 0) AS beside
      FROM weights WINDOW whole AS (PARTITION BY way), in_row AS (PARTITION BY way ORDER BY n)
    ), totals AS MATERIALIZED (
      SELECT way, sum(weight) AS total, sum(beside) / 2 AS pairs FROM weighed GROUP BY way
    ), judged AS MATERIALIZED (
      SELECT way, word, weight, n, so_far >= ${cutOff}::float8 * total AS heavy,
        (total - weight) * ${cohesion(Prisma.sql`pairs - beside`)} < ${cutOff}::float8 * 100 * total AS required
      FROM weighed JOIN totals USING (way, total)
    ), leads AS MATERIALIZED (
      SELECT way, words[1] AS first, words[2] AS second
      FROM (SELECT way, array_agg(word ORDER BY weight DESC, n) FILTER (WHERE required) AS words FROM judged GROUP BY way) AS w
    ), pairs AS MATERIALIZED (
      SELECT way, paper FROM leads JOIN hits ON word = first WHERE second IS NULL
      UNION ALL
      SELECT way, a.paper FROM leads JOIN hits a ON a.word = first JOIN hits b ON b.word = second AND b.paper = a.paper
      UNION ALL
      SELECT DISTINCT way, paper FROM leads JOIN judged USING (way) JOIN hits USING (word) WHERE first IS NULL AND heavy
      ${close.length > 0 ? Prisma.sql`UNION SELECT way, paper FROM close_pairs` : Prisma.empty}
    ), wanted AS MATERIALIZED (
      SELECT way, paper, n, word, text, weight, less FROM pairs JOIN weighed USING (way)
    ), sums AS MATERIALIZED (
      -- Words are gathered as the window leaves them, in the topic's order.
      SELECT way, paper, sum(covered) AS covered, sum(near) AS near,
        array_agg(text) FILTER (WHERE place = 'A') AS titled, array_agg(text) FILTER (WHERE place = 'B') AS keyed,
        array_agg(text) FILTER (WHERE place = 'C') AS abstracted
      FROM (
        SELECT way, paper, text, weight * (CASE place WHEN 'C' THEN credit - less ELSE credit END) AS covered, place,
          CASE WHEN lag(n) OVER words = n - 1 AND lag(cells) OVER words && cells
            THEN lag(weight) OVER words + weight ELSE 0 END AS near
        FROM wanted JOIN hits USING (paper, word)
        WINDOW words AS (PARTITION BY way, paper ORDER BY n)
      ) AS found GROUP BY way, paper
    ), scored AS MATERIALIZED (
      SELECT * FROM (
        SELECT way, paper, ${close.length > 0 ? joined : Prisma.sql`by_words AS relevance, FALSE AS by_meaning`},
          titled, keyed, abstracted
        FROM (
          SELECT sums.*, covered::float8 * ${cohesion(Prisma.sql`near`)} / (10000 * total) AS by_words FROM sums JOIN totals USING (way)
        ) AS w ${close.length > 0 ? Prisma.sql`FULL JOIN close_pairs USING (way, paper)` : Prisma.empty}
      ) AS s WHERE relevance >= ${cutOff}::float8
      UNION ALL
      SELECT way, paper, 1, FALSE, NULL, NULL, NULL FROM ways, candidates
      WHERE cardinality(ways.lexemes) = 0 AND (must IS NOT NULL OR cardinality(ways.categories || authors) > 0)
    ), reached AS MATERIALIZED (
      SELECT * FROM scored JOIN ways USING (way)
    )
    SELECT DISTINCT ON (topic, paper) topic, id AS paper_id, relevance::float8 AS relevance,
      coalesce(titled, '{}') || coalesce(phrases_titled, '{}') AS in_title,
      coalesce(keyed, '{}') || coalesce(phrases_keyed, '{}') AS in_keywords,
      coalesce(abstracted, '{}') || coalesce(phrases_abstracted, '{}') AS in_abstract, by_meaning
    FROM reached JOIN candidates USING (paper) LEFT JOIN LATERAL (
      SELECT array_agg(phrase ORDER BY n) FILTER (WHERE place = 'A') AS phrases_titled,
        array_agg(phrase ORDER BY n) FILTER (WHERE place = 'B') AS phrases_keyed,
        array_agg(phrase ORDER BY n) FILTER (WHERE place = 'C') AS phrases_abstracted
      FROM (
        SELECT phrase, n, ${placeOf(Prisma.sql`query`)} AS place
        FROM unnest(phrases, phrase_tokens) WITH ORDINALITY AS p(phrase, tokens, n), phraseto_tsquery('english', tokens) AS query
        WHERE must IS NOT NULL
      ) placed
    ) said ON TRUE
    WHERE (must IS NULL OR candidates.lexemes @@ must)
      AND (must_not IS NULL OR NOT candidates.lexemes @@ must_not)
      AND (cardinality(reached.categories) = 0 OR ${inCategories(Prisma.sql`reached.categories`, Prisma.sql`candidates.categories`)})
      AND (cardinality(authors) = 0 OR ${byAuthors(Prisma.sql`authors`, Prisma.sql`author_keys`)})
    ORDER BY topic, paper, relevance DESC, position`;
}

const closePairs = (close: Close[]): Prisma.Sql => Prisma.sql`
  close_pairs AS MATERIALIZED (
    SELECT way, paper, thousandths
    FROM unnest(
      ${close.map(({ topic }) => topic)}::text[], ${close.map(({ position }) => position)}::int[],
      ${close.map(({ paperId }) => paperId)}::text[], ${close.map(({ thousandths }) => thousandths)}::int[]
    ) AS close (topic, position, id, thousandths)
    JOIN ways ON ways.topic::text = close.topic AND ways.position = close.position JOIN candidates USING (id)
  ),`;

/** As the chance that a paper is on the topic by its words or by its meaning. */
const joined = Prisma.sql`
  1 - (1 - coalesce(by_words, 0)) * (1000 - coalesce(thousandths, 0)) / 1000 AS relevance,
  coalesce(by_words, 0) < ${CUT_OFF}::float8 AS by_meaning`;

/** In hundredths, by the weight of the neighbours that stand near each other, of that of all `pairs` of a way. */
const cohesion = (near: Prisma.Sql): Prisma.Sql => Prisma.sql`
  (CASE pairs WHEN 0 THEN 100 ELSE ${STREWN}::int + (100 - ${STREWN}::int) * (${near})::float8 / pairs::float8 END)`;

/**
 * The cells of two grids, eight places wide and shifted by four, in which positions lie: what is within four places shares
 * a cell, and what shares one is within seven.
 */
const cells = (positions: Prisma.Sql): Prisma.Sql => Prisma.sql`
  CASE cardinality(${positions}) WHEN 1 THEN ARRAY[(${positions})[1] / 8, -1 - ((${positions})[1] + 4) / 8]
    ELSE ARRAY(SELECT p / 8 FROM unnest(${positions}) AS p UNION ALL SELECT -1 - (p + 4) / 8 FROM unnest(${positions}) AS p) END`;

const placeOf = (query: Prisma.Sql): Prisma.Sql => Prisma.sql`
  CASE WHEN ts_filter(candidates.lexemes, '{a}') @@ ${query} THEN 'A' WHEN ts_filter(candidates.lexemes, '{a,b}') @@ ${query} THEN 'B' ELSE 'C' END`;

/** The papers of an edition, to be matched. */
export const editionCandidates = (date: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes, categories, author_keys
  FROM edition_papers JOIN papers ON id = paper_id WHERE edition_date = ${startOf(date)}::date`;

/** The papers that were listed on these days, both included, to be matched. */
export const listedCandidates = (from: Day, to: Day): Prisma.Sql => Prisma.sql`
  SELECT id, lexemes, categories, author_keys
  FROM papers WHERE listed_on BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date`;

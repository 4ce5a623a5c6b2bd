import type { App } from '../../src/app.ts';
import { Prisma } from '../../src/lib/db.ts';
import type { Scored } from './measures.ts';

/** Every word must be there, in title, keywords or abstract: full-text search as Postgres brings it. */
export const allWords = (app: App, topics: string[]) =>
  find(
    app,
    topics,
    Prisma.sql`
      SELECT topic, id, ts_rank_cd(said, query) AS score
      FROM topics, websearch_to_tsquery('english', regexp_replace(topic, '(\\w)[-/](?=\\w)', '\\1 ', 'g')) AS query, papers_said
      WHERE said @@ query`,
  );

/** Any word will do, and what stands close together counts more. */
export const anyWord = (app: App, topics: string[]) =>
  find(
    app,
    topics,
    Prisma.sql`
      SELECT topic, id, ts_rank_cd(said, query) AS score
      FROM topics, LATERAL (SELECT string_agg(quote_literal(word), ' | ')::tsquery AS query FROM unnest(words) AS word) AS q,
        papers_said
      WHERE said @@ query`,
  );

/** Okapi BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza, 2009), with the idf that is never negative. */
export const bm25 = (app: App, topics: string[]) =>
  find(
    app,
    topics,
    Prisma.sql`
      SELECT topic, id, sum(idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / (SELECT avg(length) FROM lengths)))) AS score
      FROM topics, unnest(words) AS word JOIN terms USING (word) JOIN frequencies USING (word) JOIN lengths USING (id),
        LATERAL (SELECT ln(1 + (papers - df + 0.5) / (df + 0.5)) AS idf FROM size) AS i
      GROUP BY topic, id`,
  );

/** Of the weight of a topic's words the share that a paper covers, in the abstract 0.7 as much: DESIGN.md, section 7. */
export const coverage = (app: App, topics: string[]) =>
  find(
    app,
    topics,
    Prisma.sql`
      WITH weights AS (
        SELECT topic, word, ln(1 + (papers + 1) / (coalesce(df, 0) + 0.5)) AS weight
        FROM topics CROSS JOIN size, unnest(words) AS word LEFT JOIN frequencies USING (word)
      )
      SELECT topic, id, sum(weight * CASE WHEN titled THEN 1 ELSE 0.7 END) / total AS score
      FROM (SELECT topic, sum(weight) AS total FROM weights GROUP BY topic) AS t JOIN weights USING (topic) JOIN terms USING (word)
      GROUP BY topic, id, total`,
  );

/** Runs a query for `(topic, id, score)` over what the stored papers say, stemmed by Postgres and nothing else. */
async function find({ db }: App, topics: string[], scores: Prisma.Sql): Promise<Map<string, Scored[]>> {
  const rows = await db.$queryRaw<({ topic: string } & Scored)[]>`
    WITH topics AS MATERIALIZED (
      SELECT topic, tsvector_to_array(to_tsvector('english', ${spaced(Prisma.sql`regexp_replace(topic, '(^|\\s)-\\S+|\\mOR\\M', ' ', 'g')`)})) AS words
      FROM unnest(${topics}::text[]) AS topic
    ), papers_said AS MATERIALIZED (
      SELECT id, setweight(to_tsvector('english', ${spaced(Prisma.sql`title || ' ' || array_to_string(keywords, ' . ')`)}), 'A')
        || to_tsvector('english', ${spaced(Prisma.sql`abstract`)}) AS said
      FROM papers
    ), terms AS MATERIALIZED (
      SELECT id, word, cardinality(positions) AS tf, 'A' = ANY(weights) AS titled
      FROM papers_said, unnest(said) AS t(word, positions, weights)
    ), frequencies AS MATERIALIZED (
      SELECT word, count(*) AS df FROM terms GROUP BY word
    ), lengths AS MATERIALIZED (
      SELECT id, sum(tf) AS length FROM terms GROUP BY id
    ), size AS MATERIALIZED (
      SELECT count(*) AS papers FROM papers_said
    )
    SELECT topic, id, round(score::numeric, 6)::float8 AS score FROM (${scores}) AS s ORDER BY score DESC, id`;
  const found = Map.groupBy(rows, ({ topic }) => topic);
  return new Map(topics.map((topic) => [topic, found.get(topic) ?? []]));
}

/** Postgres reads `PPO/GRPO` as one word. */
const spaced = (text: Prisma.Sql): Prisma.Sql => Prisma.sql`translate(${text}, '/-', '  ')`;

import { Prisma, type Tx } from '../lib/db.ts';
import type { Word } from './forms.ts';

/** One side of a topic's ORs: what a paper must have to be on the topic. */
export type Way = {
  /** Free words, of which a paper need not have all. */
  words: Word[];
  /** What it must have, word for word. */
  phrases: string[];
  /** The same as they are looked up. */
  phraseTokens: string[];
  /** Words or phrases that it must not have. */
  never: string[];
  /** The same as they are looked up. */
  not: string[];
  /** arXiv categories or whole archives, all of which it must be in. */
  categories: string[];
  /** Names, folded: their parts must stand in one author's name, in order. */
  authors: string[];
};

/** A way as it is given to Postgres, with what names its topic there: an id, or the canonical query. */
export type TopicWay = Way & { topic: string; position: number };

/** A way with what Postgres makes of it. */
export type SoughtWay = {
  topic: string;
  position: number;
  words: string[];
  /** The lexeme of each word, or the text of a tsquery. */
  lexemes: string[];
  /** Null: it asks for words alone. */
  demands: Demands | null;
  /** It has no words, but demands that a paper must meet. */
  isWordless: boolean;
};

/** As the columns of `topic_ways`. */
export type Demands = {
  must: string | null;
  must_not: string | null;
  phrases: string[];
  phrase_tokens: string[];
  categories: string[];
  authors: string[];
};

/** @param ways one of the queries below */
export const soughtWays = (db: Tx, ways: Prisma.Sql): Promise<SoughtWay[]> => db.$queryRaw`
  SELECT topic::text AS topic, position, words, lexemes, asks AND cardinality(lexemes) = 0 AS "isWordless",
    CASE WHEN asks OR must_not IS NOT NULL THEN json_build_object('must', must::text, 'must_not', must_not::text,
      'phrases', phrases, 'phrase_tokens', phrase_tokens, 'categories', categories, 'authors', authors) END AS demands
  FROM (SELECT *, must IS NOT NULL OR cardinality(categories || authors) > 0 AS asks FROM (${ways}) AS way) AS ways
  ORDER BY topic, position`;

/** A query for the ways of stored topics, by topic id. */
export const storedWays = (topicIds: string[]): Prisma.Sql => Prisma.sql`
  SELECT topic_id AS topic, position, words, lexemes, must, must_not, phrases, phrase_tokens, categories, authors
  FROM topic_ways WHERE topic_id = ANY(${topicIds}::uuid[])`;

/** The same for topics that need not be stored, by their canonical query. */
export const waysOf = (topics: { query: string; ways: Way[] }[]): Prisma.Sql =>
  writtenWays(
    topics.flatMap(({ query, ways }) => ways.map((way, position) => ({ topic: query, position, ...way }))),
  );

/**
 * A query for ways with the lexemes that Postgres makes of their words. A word that it drops leaves no trace; one that it
 * parts (`foo_bar`) must occur as its parts in a row.
 */
export const writtenWays = (ways: TopicWay[]): Prisma.Sql => Prisma.sql`
  SELECT topic, position, coalesce(w.texts, '{}') AS words, coalesce(w.lexemes, '{}') AS lexemes,
    (SELECT string_agg('(' || q::text || ')', ' & ')::tsquery
      FROM unnest(way."phraseTokens") phrase, phraseto_tsquery('english', phrase) q WHERE numnode(q) > 0) AS must,
    (SELECT string_agg('(' || q::text || ')', ' | ')::tsquery
      FROM unnest(way."not") phrase, phraseto_tsquery('english', phrase) q WHERE numnode(q) > 0) AS must_not,
    way.phrases, way."phraseTokens" AS phrase_tokens, way.categories, way.authors
  FROM jsonb_to_recordset(${JSON.stringify(ways)}::jsonb) AS way
    (topic text, position int, words jsonb, phrases text[], "phraseTokens" text[], "not" text[], categories text[], authors text[]),
  LATERAL (
    SELECT array_agg(text ORDER BY n) AS texts, array_agg(lexeme ORDER BY n) AS lexemes
    FROM (
      SELECT DISTINCT ON (q) n, word->>'text' AS text,
        CASE WHEN numnode(q) = 1
          THEN (tsvector_to_array(to_tsvector('english', word->>'token')))[1] ELSE q::text END AS lexeme
      FROM jsonb_array_elements(way.words) WITH ORDINALITY AS t(word, n), phraseto_tsquery('english', word->>'token') q
      WHERE numnode(q) > 0
      ORDER BY q, n
    ) word
  ) w`;

/** Whether a lexeme of a way is the text of a tsquery, for Postgres parts the word (`foo_bar`). */
export const isParted = (lexeme: string): boolean => lexeme.includes("'");

/** The text of a tsquery for a lexeme of a way. */
export const tsqueryOf = (lexeme: string): string =>
  isParted(lexeme) ? lexeme : `'${lexeme.replaceAll('\\', '\\\\')}'`;

/** Whether a paper's categories have all of a way's, each by itself or within its archive. */
export const inCategories = (wanted: Prisma.Sql, has: Prisma.Sql): Prisma.Sql => Prisma.sql`
  NOT EXISTS (
    SELECT FROM unnest(${wanted}) AS wanted
    WHERE NOT EXISTS (
      SELECT FROM unnest(${has}) AS has WHERE has = wanted OR starts_with(has, wanted || '.')
    )
  )`;

/** Whether each of a way's names is that of one of a paper's authors. */
export const byAuthors = (wanted: Prisma.Sql, names: Prisma.Sql): Prisma.Sql => Prisma.sql`
  NOT EXISTS (
    SELECT FROM unnest(${wanted}) AS wanted
    WHERE NOT EXISTS (
      SELECT FROM unnest(${names}) AS name
      -- The parts of the name in order, others between them: "yoshua bengio" is "yoshua j bengio" too.
      WHERE ' ' || replace(name, ' ', '  ') || ' ' LIKE '% ' || replace(wanted, ' ', ' % ') || ' %'
    )
  )`;

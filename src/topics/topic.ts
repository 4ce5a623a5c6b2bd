import type { Tx } from '../lib/db.ts';
import { LEXER } from '../papers/lexer.ts';
import { nameKey, searchable } from '../papers/text.ts';
import { canonical, spelledOut } from './canonical.ts';
import { wordsIn } from './forms.ts';
import { readTerms, refuseLong, type Term, TopicProblem } from './terms.ts';
import { type TopicWay, type Way, writtenWays } from './ways.ts';

/**
 * A topic, ready to be stored. Two that ask for the same have the same `query`; `written` is as the reader wrote it.
 */
export type ParsedTopic = { query: string; written: string; ways: Way[] };

/** Names the rules by which topics are read: those of text, and a number to be counted up when ours change (relex.ts). */
export const TOPIC_LEXER = `${LEXER}.1`;

export type Parsed = { ok: true; topic: ParsedTopic } | { ok: false; problem: string };

/**
 * Reads a topic in the one query language of site, mail and API: words, `"a phrase"`, `OR`, `-not this`, `cat:cs.CL`,
 * `author:"Kaiming He"`. The canonical `query` reads as itself. A problem is a sentence for the reader.
 */
export function parseTopic(text: string): Parsed {
  try {
    const terms = readTerms(text);
    const { branches, never } = canonical(terms);
    const query = spelledOut({ branches, never }, 'text');
    refuseLong(query);
    const ways = branches.map((branch) => wayOf(branch, never));
    return { ok: true, topic: { query, written: spelledOut(terms, 'written'), ways } };
  } catch (error) {
    if (error instanceof TopicProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

function wayOf(branch: Term[], never: Term[]): Way {
  const texts = (kind: Term['kind']) => branch.filter((term) => term.kind === kind).map((term) => term.text);
  return {
    words: wordsIn(texts('word')),
    phrases: texts('phrase'),
    phraseTokens: texts('phrase').map((text) => searchable(text)),
    never: never.map(({ text }) => text),
    not: never.map((term) => searchable(term.text)),
    categories: texts('category'),
    authors: texts('author').map(nameKey),
  };
}

/**
 * Stores topics that are not stored yet, with the lexemes that Postgres makes of their words, and gives the ids of all
 * in their order. Two callers at once get the same ids.
 */
export async function saveTopics(tx: Tx, topics: ParsedTopic[], now: Date): Promise<string[]> {
  const byQuery = new Map(topics.map((topic) => [topic.query, topic]));
  // In one order everywhere, so that two transactions never wait for each other in a circle.
  const queries = [...byQuery.keys()].sort();
  const added = await tx.$queryRaw<{ id: string; query: string }[]>`
    INSERT INTO topics (id, query, created_at, lexed_by)
    SELECT gen_random_uuid(), query, ${now}, ${TOPIC_LEXER} FROM unnest(${queries}::text[]) AS query
    ON CONFLICT (query) DO NOTHING
    RETURNING id::text, query`;
  await saveWays(
    tx,
    added.flatMap(({ id, query }) =>
      (byQuery.get(query)?.ways ?? []).map((way, position) => ({ topic: id, position, ...way })),
    ),
  );
  // Locked, for what no reader has may be forgotten at this very moment; what just was is stored anew.
  const stored = await tx.$queryRaw<{ id: string; query: string }[]>`
    SELECT id::text, query FROM topics WHERE query = ANY (${queries}::text[]) FOR KEY SHARE`;
  if (stored.length < queries.length) return saveTopics(tx, topics, now);
  const ids = new Map(stored.map(({ id, query }) => [query, id]));
  return topics.flatMap(({ query }) => ids.get(query) ?? []);
}

/** Writes ways that are not stored yet. */
export async function saveWays(tx: Tx, ways: TopicWay[]): Promise<void> {
  if (ways.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO topic_ways
      (topic_id, position, words, lexemes, must, must_not, phrases, phrase_tokens, categories, authors)
    SELECT topic::uuid, position, words, lexemes, must, must_not, phrases, phrase_tokens, categories, authors
    FROM (${writtenWays(ways)}) AS way`;
}

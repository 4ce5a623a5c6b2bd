import type { App } from '../app.ts';
import type { Day } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { matches } from './match.ts';
import { closeToTopics } from './meaning.ts';
import { parseTopic } from './topic.ts';
import type { Way } from './ways.ts';
import { byAuthors, inCategories, writtenWays } from './ways.ts';

/** How near a paper comes to a topic, in the way in which it comes nearest. */
export type Nearness = {
  /** 0 to 1, by the topic's words, and its meaning where EMBEDDINGS is set. */
  relevance: number;
  /** 0 to 1: how close they are in meaning; null without EMBEDDINGS. */
  closeness: number | null;
  /** The topic's words that the paper does not have, as the reader wrote them. */
  missing: string[];
  /** What the topic demands and the paper does not have: `"a phrase"`, `cat:cs.CL`, `author:"Kaiming He"`. */
  lacks: string[];
  /** What the topic excludes and the paper has. */
  has: string[];
};

/** Measures what a match leaves out: papers below the cut-off, and the demands that a paper fails. For one paper at a time. */
export async function nearness(
  app: App,
  date: Day,
  query: string,
  paperId: string,
): Promise<Nearness | null> {
  const parsed = parseTopic(query);
  if (!parsed.ok) return null;
  const all: Nearness[] = [];
  for (const way of parsed.topic.ways) all.push(await measure(app, date, way, paperId));
  return all.sort((a, b) => failures(a) - failures(b) || b.relevance - a.relevance)[0] ?? null;
}

const failures = ({ lacks, has }: Nearness) => lacks.length + has.length;

async function measure(app: App, date: Day, way: Way, paperId: string): Promise<Nearness> {
  const { db, embedder } = app;
  const paper = Prisma.sql`SELECT id, lexemes, categories, author_keys FROM papers WHERE id = ${paperId}`;
  const { words } = way;
  const ways = writtenWays([
    {
      topic: '',
      position: 0,
      words,
      phrases: [],
      phraseTokens: [],
      never: [],
      not: [],
      categories: [],
      authors: [],
    },
  ]);
  const close = await closeToTopics(app, db, [{ query: '', written: '', ways: [way] }], {
    date,
    candidates: paper,
  });
  const [weighed] = await db.$queryRaw<{ relevance: number | null; missing: string[] }[]>`
    SELECT relevance, ARRAY(
      SELECT w FROM unnest(words) AS w WHERE relevance IS NULL OR w <> ALL (in_title || in_keywords || in_abstract)
    ) AS missing
    FROM (${ways}) AS way LEFT JOIN (${matches({ date, ways, candidates: paper, cutOff: 0, close })}) AS found USING (topic)`;
  const [failed] = await db.$queryRaw<
    { phrases: string[]; not: string[]; cats: string[]; names: string[] }[]
  >`
    SELECT
      ARRAY(SELECT p FROM unnest(${way.phrases}::text[], ${way.phraseTokens}::text[]) AS t(p, tokens) WHERE NOT lexemes @@ phraseto_tsquery('english', tokens)) AS phrases,
      ARRAY(SELECT p FROM unnest(${way.never}::text[], ${way.not}::text[]) AS t(p, tokens) WHERE lexemes @@ phraseto_tsquery('english', tokens)) AS not,
      ARRAY(SELECT c FROM unnest(${way.categories}::text[]) AS c WHERE NOT ${inCategories(Prisma.sql`ARRAY[c]`, Prisma.sql`paper.categories`)}) AS cats,
      ARRAY(SELECT a FROM unnest(${way.authors}::text[]) AS a WHERE NOT ${byAuthors(Prisma.sql`ARRAY[a]`, Prisma.sql`paper.author_keys`)}) AS names
    FROM (${paper}) AS paper`;
  return {
    relevance: weighed?.relevance ?? 0,
    closeness: embedder && (close[0]?.thousandths ?? 0) / 1000,
    missing: weighed?.missing ?? [],
    lacks: [
      ...(failed?.phrases ?? []).map((phrase) => `"${phrase}"`),
      ...(failed?.cats ?? []).map((category) => `cat:${category}`),
      ...(failed?.names ?? []).map((name) => `author:"${name}"`),
    ],
    has: failed?.not ?? [],
  };
}

import type { App } from '../app.ts';
import type { Day } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { matches } from './match.ts';
import { closeToTopics } from './meaning.ts';
import { parseTopic } from './topic.ts';
import type { Way } from './ways.ts';
import { byAuthors, inCategories, waysOf } from './ways.ts';

/** How near a paper comes to a topic, in the way in which it comes nearest. */
export type Nearness = {
  /** 0 to 1, by the topic's words, and its meaning where EMBEDDINGS is set. */
  relevance: number;
  /** 0 to 1: how close they are in meaning; null without EMBEDDINGS. */
  closeness: number | null;
  /** The topic's words that the paper does not have, as its query spells them. */
  missing: string[];
  /** What the topic demands and the paper does not have: `"a phrase"`, `cat:cs.CL`, `author:"Kaiming He"`. */
  lacks: string[];
  /** What the topic excludes and the paper has. */
  has: string[];
};

/**
 * Measures what a match leaves out: papers below the cut-off, and the demands that a paper fails. One paper, and all topics
 * at once, for each statement reads the papers anew that say how rare words are.
 *
 * @returns by query; what cannot be read as a topic is absent
 */
export async function nearnessTo(
  app: App,
  date: Day,
  paperId: string,
  queries: string[],
): Promise<Map<string, Nearness>> {
  const ways = queries.flatMap((query) => {
    const parsed = parseTopic(query);
    return parsed.ok ? parsed.topic.ways.map((way) => ({ query, way })) : [];
  });
  const nearest = new Map<string, Nearness>();
  for (const { query, near } of await measure(app, date, paperId, ways)) {
    const before = nearest.get(query);
    if (!before || isNearer(near, before)) nearest.set(query, near);
  }
  return nearest;
}

function isNearer(one: Nearness, other: Nearness): boolean {
  const fewer = failures(other) - failures(one);
  return fewer > 0 || (fewer === 0 && one.relevance > other.relevance);
}

const failures = ({ lacks, has }: Nearness) => lacks.length + has.length;

/** Each way is matched as a topic by itself, and by its words alone: what it demands is asked beside. */
async function measure(
  app: App,
  date: Day,
  paperId: string,
  ways: { query: string; way: Way }[],
): Promise<{ query: string; near: Nearness }[]> {
  if (ways.length === 0) return [];
  const { db, embedder } = app;
  const paper = Prisma.sql`SELECT id, lexemes, categories, author_keys FROM papers WHERE id = ${paperId}`;
  const topics = ways.map(({ way }, n) => ({ query: String(n), written: '', ways: [way] }));
  const close = await closeToTopics(app, db, topics, { date, candidates: paper });
  const words = waysOf(
    topics.map(({ query, ways }) => ({ query, ways: ways.map((way) => ({ ...way, ...NO_DEMANDS })) })),
  );
  const found = await matches(db, { date, ways: words, candidates: paper, cutOff: 0, close });
  const demands = JSON.stringify(ways.map(({ way }, n) => ({ ...way, topic: String(n) })));
  const rows = await db.$queryRaw<Row[]>`
    SELECT topic, words,
      ARRAY(SELECT p FROM unnest(d.phrases, d."phraseTokens") AS t(p, tokens) WHERE NOT paper.lexemes @@ phraseto_tsquery('english', tokens)) AS phrases,
      ARRAY(SELECT p FROM unnest(d.never, d."not") AS t(p, tokens) WHERE paper.lexemes @@ phraseto_tsquery('english', tokens)) AS not,
      ARRAY(SELECT c FROM unnest(d.categories) AS c WHERE NOT ${inCategories(Prisma.sql`ARRAY[c]`, Prisma.sql`paper.categories`)}) AS cats,
      ARRAY(SELECT a FROM unnest(d.authors) AS a WHERE NOT ${byAuthors(Prisma.sql`ARRAY[a]`, Prisma.sql`paper.author_keys`)}) AS names
    FROM (${words}) AS way
    JOIN jsonb_to_recordset(${demands}::jsonb) AS d
      (topic text, phrases text[], "phraseTokens" text[], never text[], "not" text[], categories text[], authors text[]) USING (topic)
    CROSS JOIN (${paper}) AS paper`;
  const closeness = new Map(close.map(({ topic, thousandths }) => [topic, thousandths / 1000]));
  return rows.map(({ topic, words, phrases, not, cats, names }) => {
    const match = found.get(topic)?.[0];
    const said = match ? [...match.inTitle, ...match.inKeywords, ...match.inAbstract] : [];
    return {
      query: ways[Number(topic)]?.query ?? '',
      near: {
        relevance: match?.relevance ?? 0,
        closeness: embedder && (closeness.get(topic) ?? 0),
        missing: words.filter((word) => !said.includes(word)),
        lacks: [
          ...phrases.map((phrase) => `"${phrase}"`),
          ...cats.map((category) => `cat:${category}`),
          ...names.map((name) => `author:"${name}"`),
        ],
        has: not,
      },
    };
  });
}

const NO_DEMANDS = { phrases: [], phraseTokens: [], never: [], not: [], categories: [], authors: [] };

type Row = {
  topic: string;
  words: string[];
  phrases: string[];
  not: string[];
  cats: string[];
  names: string[];
};

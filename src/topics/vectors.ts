import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import type { Embedder } from '../lib/embedder.ts';
import { type ParsedTopic, parseTopic } from './topic.ts';
import type { Way } from './ways.ts';

/** What the model makes of one way of a topic; `topic` is what names it: an id, or the canonical query. */
export type WayVector = { topic: string; position: number; vector: Float32Array };

/** Texts between two writes, so that a run that breaks off need not begin again. */
const BATCH = 64;

/**
 * Stores the vectors that papers of some days lack, the newest first; one of another model counts as none.
 *
 * @returns how many were made
 */
export function embedPapers(
  app: Model,
  { from, to, limit }: { from: Day; to: Day; limit: number },
): Promise<number> {
  return orWithout(app, 0, async ({ model, embed }) => {
    const papers = await app.db.$queryRaw<{ id: string; title: string; abstract: string }[]>`
      SELECT id, title, abstract FROM papers
      WHERE listed_on BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date
        AND NOT EXISTS (SELECT FROM paper_vectors WHERE paper_id = id AND model = ${model})
      ORDER BY listed_on DESC, id DESC LIMIT ${limit}::int`;
    for (const batch of inBatches(papers)) {
      const whole = await embed(batch.map(({ title, abstract }) => `${title}. ${abstract}`));
      const title = await embed(batch.map(({ title }) => title));
      await app.db.$executeRaw`
        INSERT INTO paper_vectors (paper_id, model, whole, title)
        SELECT id, ${model}, decode(whole, 'base64'), decode(title, 'base64')
        FROM unnest(${batch.map(({ id }) => id)}::text[], ${whole.map(base64)}::text[], ${title.map(base64)}::text[])
          AS made (id, whole, title)
        ON CONFLICT (paper_id) DO UPDATE SET model = excluded.model, whole = excluded.whole, title = excluded.title`;
    }
    return papers.length;
  });
}

/**
 * The same for the ways of topics, of those given or of all.
 *
 * @returns how many were made
 */
export function embedTopics(
  app: Model,
  { topicIds = null, limit }: { topicIds?: string[] | null; limit: number },
): Promise<number> {
  return orWithout(app, 0, async ({ model, embed }) => {
    const rows = await app.db.$queryRaw<{ topic: string; position: number; query: string }[]>`
      SELECT id::text AS topic, position, query FROM topic_ways w JOIN topics ON id = topic_id
      WHERE cardinality(lexemes) > 0 AND (${topicIds}::uuid[] IS NULL OR id = ANY (${topicIds}::uuid[]))
        AND NOT EXISTS (
          SELECT FROM way_vectors v WHERE v.topic_id = id AND v.position = w.position AND model = ${model})
      ORDER BY id DESC, position LIMIT ${limit}::int`;
    const ways = rows.flatMap(({ query, ...way }) => {
      const parsed = parseTopic(query);
      const said = parsed.ok && parsed.topic.ways[way.position];
      return said ? [{ ...way, text: textOf(said) }] : [];
    });
    for (const batch of inBatches(ways)) {
      const whole = await embed(batch.map(({ text }) => text));
      await app.db.$executeRaw`
        INSERT INTO way_vectors (topic_id, position, model, whole)
        SELECT topic, position, ${model}, decode(whole, 'base64')
        FROM unnest(${batch.map(({ topic }) => topic)}::uuid[], ${batch.map(({ position }) => position)}::int[], ${whole.map(base64)}::text[])
          AS made (topic, position, whole)
        ON CONFLICT (topic_id, position) DO UPDATE SET model = excluded.model, whole = excluded.whole`;
    }
    return ways.length;
  });
}

/** Those of topics that need not be stored, by canonical query. */
export function vectorsOf(app: Omit<Model, 'db'>, topics: ParsedTopic[]): Promise<WayVector[]> {
  return orWithout(app, [], async ({ embed }) => {
    const ways = topics
      .flatMap(({ query, ways }) => ways.map((way, position) => ({ topic: query, position, way })))
      .filter(({ way }) => way.words.length > 0);
    const vectors = await embed(ways.map(({ way }) => textOf(way)));
    return ways.flatMap(({ topic, position }, n) => {
      const vector = vectors[n];
      return vector ? [{ topic, position, vector }] : [];
    });
  });
}

type Model = Pick<App, 'db' | 'embedder' | 'log'>;

/** A model that is away or fails stops nobody: what has no vector matches by its words alone. */
async function orWithout<Made>(
  { embedder, log }: Omit<Model, 'db'>,
  without: Made,
  make: (embedder: Embedder) => Promise<Made>,
): Promise<Made> {
  if (!embedder) return without;
  try {
    return await make(embedder);
  } catch (err) {
    log.warn({ err, model: embedder.model }, 'no vectors: what lacks them matches by its words alone');
    return without;
  }
}

/** What a way of a topic says, abbreviations written out: a small model knows few of them. */
const textOf = ({ words, phrases }: Way): string =>
  [...words.map(({ text, forms }) => forms.find((form) => form.includes(' ')) ?? text), ...phrases].join(' ');

function inBatches<Item>(items: Item[]): Item[][] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from({ length: count }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH));
}

const base64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** A vector as it was stored. Copied, for the bytes may begin where a float32 may not. */
export const vectorIn = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

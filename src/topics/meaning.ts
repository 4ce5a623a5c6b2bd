import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import type { Prisma, Tx } from '../lib/db.ts';
import { type Chance, chanceFor, chanceOf, closenessOf, cosine, usualOf } from './closeness.ts';
import type { ParsedTopic } from './topic.ts';
import { vectorIn, vectorsOf, type WayVector } from './vectors.ts';

/** A paper that is closer in meaning to a topic's way than chance would have it: in thousandths, from 1 to 1000. */
export type Close = { topic: string; position: number; paperId: string; thousandths: number };

/** Papers to be looked at: a query with a column `id`; papers listed after the day say nothing of what is usual. */
export type Among = { date: Day; candidates: Prisma.Sql };

/** How many papers, the newest, say what is usual, and how many of their titles are taken for topics. */
const [CORPUS, TITLES] = [1000, 50];
/** Of fewer papers nobody can tell what is usual. */
const FEW = 20;

/** The papers that are close to topics that need not be stored, by canonical query. None without EMBEDDINGS. */
export async function closeToTopics(
  app: Pick<App, 'embedder' | 'log'>,
  db: App['db'] | Tx,
  topics: ParsedTopic[],
  among: Among,
): Promise<Close[]> {
  if (!app.embedder) return [];
  return closest(db, app.embedder.model, await vectorsOf(app, topics), among);
}

/** The same for stored topics, by id; ways without a vector have none. */
export async function closeToStored(
  { embedder }: Pick<App, 'embedder'>,
  db: App['db'] | Tx,
  topicIds: string[],
  among: Among,
): Promise<Close[]> {
  if (!embedder) return [];
  const ways = await db.$queryRaw<{ topic: string; position: number; whole: Uint8Array }[]>`
    SELECT topic_id::text AS topic, position, whole FROM way_vectors
    WHERE topic_id = ANY (${topicIds}::uuid[]) AND model = ${embedder.model} ORDER BY topic_id, position`;
  const vectors = ways.map(({ whole, ...way }) => ({ ...way, vector: vectorIn(whole) }));
  return closest(db, embedder.model, vectors, among);
}

/** A product for each way and paper, in memory: pgvector would save nothing for an edition's few papers. */
async function closest(
  db: App['db'] | Tx,
  model: string,
  ways: WayVector[],
  { date, candidates }: Among,
): Promise<Close[]> {
  if (ways.length === 0) return [];
  const { corpus, titles } = await corpusOf(db, model, date);
  if (corpus.length < FEW) return [];
  const others = usualOf(titles.map((title) => chanceOf(cosines(title, corpus))));
  const papers = await db.$queryRaw<{ id: string; whole: Uint8Array }[]>`
    SELECT id, whole FROM (${candidates}) AS c JOIN paper_vectors ON paper_id = id WHERE model = ${model} ORDER BY id`;
  const vectors = papers.map(({ id, whole }) => ({ id, vector: vectorIn(whole) }));
  const close: Close[] = [];
  for (const way of ways) {
    close.push(...closeToWay(way, vectors, chanceFor(cosines(way.vector, corpus), others)));
    await anothersTurn();
  }
  return close;
}

async function corpusOf(db: App['db'] | Tx, model: string, date: Day) {
  const rows = await db.$queryRaw<{ whole: Uint8Array; title: Uint8Array }[]>`
    SELECT whole, v.title FROM papers JOIN paper_vectors v ON paper_id = id
    WHERE listed_on <= ${startOf(date)}::date AND model = ${model}
    ORDER BY listed_on DESC, id DESC LIMIT ${CORPUS}::int`;
  return {
    corpus: rows.map(({ whole }) => vectorIn(whole)),
    titles: rows.slice(0, TITLES).map(({ title }) => vectorIn(title)),
  };
}

const cosines = (vector: Float32Array, corpus: Float32Array[]): number[] =>
  corpus.map((other) => cosine(vector, other));

const closeToWay = (
  { topic, position, vector }: WayVector,
  papers: { id: string; vector: Float32Array }[],
  chance: Chance,
): Close[] =>
  papers.flatMap((paper) => {
    const thousandths = closenessOf(cosine(vector, paper.vector), chance);
    return thousandths > 0 ? [{ topic, position, paperId: paper.id, thousandths }] : [];
  });

/** So many products block whoever else this process serves. */
const anothersTurn = () => new Promise((resolve) => setImmediate(resolve));

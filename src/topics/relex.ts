import type { App } from '../app.ts';
import { Prisma, type Tx } from '../lib/db.ts';
import { LEXER } from '../papers/lexer.ts';
import { lexemesOf } from '../papers/store.ts';
import { sayings } from '../papers/text.ts';
import { parseTopic, saveWays, TOPIC_LEXER } from './topic.ts';

/**
 * Reads papers and topics anew that an earlier version read by other rules or tables, the newest papers first; topics
 * that it told apart and that are the same become one. Editions keep the matches that they have.
 *
 * @param options.limit papers and topics in one call
 * @returns how many
 */
export async function relex(app: App, { limit = 2000 }: { limit?: number } = {}): Promise<number> {
  return (await relexPapers(app, limit)) + (await relexTopics(app, limit));
}

async function relexPapers({ db }: App, limit: number): Promise<number> {
  const papers = await db.paper.findMany({
    where: { lexedBy: { not: LEXER } },
    select: { id: true, title: true, keywords: true, abstract: true },
    orderBy: [{ listedOn: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  if (papers.length === 0) return 0;
  const rows = papers.map((paper) => ({ ...paper, said: sayings(paper) }));
  // A text that an ingest changed in the meantime has lexemes of its own by now.
  return db.$executeRaw`
    UPDATE papers AS p SET lexemes = ${lexemesOf(Prisma.sql`said`)}, lexed_by = ${LEXER}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS read (id text, said json)
    WHERE p.id = read.id AND lexed_by <> ${LEXER}`;
}

/** Topics in one transaction, so that none holds up readers for long. */
const BATCH = 200;

async function relexTopics({ db }: App, limit: number): Promise<number> {
  const topics = await db.topic.findMany({
    where: { lexedBy: { not: TOPIC_LEXER } },
    orderBy: { id: 'asc' },
    take: limit,
  });
  for (let start = 0; start < topics.length; start += BATCH)
    await db.$transaction((tx) => readAnew(tx, topics.slice(start, start + BATCH)));
  return topics.length;
}

async function readAnew(tx: Tx, topics: { id: string; query: string; lexedBy: string }[]): Promise<void> {
  const read = topics.flatMap(({ id, query, lexedBy }) => {
    const parsed = parseTopic(query);
    return parsed.ok ? [{ id, was: query, lexedBy, ...parsed.topic }] : [];
  });
  // What the model of EMBEDDINGS made of a way goes with it, so one that reads as before is left alone.
  const changed = read.filter(({ was, query, lexedBy }) => query !== was || !lexedBy.startsWith(LEXER));
  await tx.topicWay.deleteMany({ where: { topicId: { in: changed.map(({ id }) => id) } } });
  await saveWays(
    tx,
    changed.flatMap(({ id, ways }) => ways.map((way, position) => ({ topic: id, position, ...way }))),
  );
  const ids = topics.map(({ id }) => id);
  await tx.topic.updateMany({ where: { id: { in: ids } }, data: { lexedBy: TOPIC_LEXER } });
  for (const topic of changed) if (topic.query !== topic.was) await rename(tx, topic);
}

/** Where another topic has the name already, it takes the readers over; the one that nobody has then is forgotten in time. */
async function rename(tx: Tx, { id, was, query }: { id: string; was: string; query: string }): Promise<void> {
  await tx.subscriberTopic.updateMany({ where: { topicId: id, written: null }, data: { written: was } });
  const other = await tx.topic.findUnique({ where: { query } });
  if (!other) {
    await tx.topic.update({ where: { id }, data: { query } });
    return;
  }
  await tx.$executeRaw`
    UPDATE subscriber_topics AS st SET topic_id = ${other.id}::uuid
    WHERE topic_id = ${id}::uuid AND NOT EXISTS (
      SELECT FROM subscriber_topics WHERE subscriber_id = st.subscriber_id AND topic_id = ${other.id}::uuid)`;
  await tx.subscriberTopic.deleteMany({ where: { topicId: id } });
}

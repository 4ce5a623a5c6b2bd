import type { App } from '../app.ts';
import { Prisma } from '../lib/db.ts';
import { LEXER } from '../papers/lexer.ts';
import { lexemesOf } from '../papers/store.ts';
import { sayings } from '../papers/text.ts';
import { parseTopic, saveWays } from './topic.ts';

/**
 * Reads papers and topics anew that an earlier version read by other rules or tables, the newest papers first. Editions
 * keep the matches that they have.
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

async function relexTopics({ db }: App, limit: number): Promise<number> {
  const topics = await db.topic.findMany({
    where: { lexedBy: { not: LEXER } },
    orderBy: { id: 'asc' },
    take: limit,
  });
  if (topics.length === 0) return 0;
  const ids = topics.map(({ id }) => id);
  await db.$transaction(async (tx) => {
    const ways = topics.flatMap(({ id, query }) => {
      const parsed = parseTopic(query);
      return parsed.ok ? [{ id, ways: parsed.topic.ways }] : [];
    });
    await tx.topicWay.deleteMany({ where: { topicId: { in: ways.map(({ id }) => id) } } });
    await saveWays(
      tx,
      ways.flatMap(({ id, ways }) => ways.map((way, position) => ({ topic: id, position, ...way }))),
    );
    await tx.topic.updateMany({ where: { id: { in: ids } }, data: { lexedBy: LEXER } });
  });
  return topics.length;
}

import type { App } from '../app.ts';
import { Prisma } from '../lib/db.ts';

/**
 * How many days are kept of what nobody asks for any more. Deliveries keep the
 * papers that a reader has had, and unconfirmed sign-ups have a rule of their own (subscribers/confirm.ts).
 */
const DAYS = {
  /** Of papers listed longer ago only the last signals stay: no edition reckons with the others (editions/candidates.ts). */
  signals: 60,
  /** The matches of an edition; what was sent of them stands in its deliveries. */
  matches: 60,
  /** Topics that no reader has any more. */
  topics: 30,
  ingests: 90,
  feedback: 180,
};

/** Rows deleted in one statement, so that none holds locks for long. */
const BATCH = 10_000;

/** Forgets what has been kept for long enough. Repeatable; what is left over is forgotten the next time. */
export async function forget(app: App): Promise<Record<keyof typeof DAYS, number>> {
  const before = (name: keyof typeof DAYS) => new Date(app.now().getTime() - DAYS[name] * 86_400_000);
  const forgotten = {
    signals: await prune(
      app,
      Prisma.sql`signals`,
      Prisma.sql`EXISTS (SELECT FROM papers WHERE id = t.paper_id AND listed_on < ${before('signals')})
        AND EXISTS (SELECT FROM signals later WHERE later.paper_id = t.paper_id AND later.measured_at > t.measured_at)`,
    ),
    matches:
      (await prune(app, Prisma.sql`topic_matches`, Prisma.sql`edition_date < ${before('matches')}`)) +
      (await prune(app, Prisma.sql`edition_topics`, Prisma.sql`edition_date < ${before('matches')}`)),
    topics: await prune(
      app,
      Prisma.sql`topics`,
      Prisma.sql`created_at < ${before('topics')} AND NOT EXISTS (SELECT FROM subscriber_topics WHERE topic_id = t.id)`,
    ),
    ingests: await prune(app, Prisma.sql`ingests`, Prisma.sql`started_at < ${before('ingests')}`),
    feedback: await prune(app, Prisma.sql`feedback`, Prisma.sql`received_at < ${before('feedback')}`),
  };
  if (Object.values(forgotten).some((count) => count > 0)) app.log.info(forgotten, 'forgotten');
  return forgotten;
}

async function prune({ db }: App, table: Prisma.Sql, where: Prisma.Sql): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await db.$executeRaw`
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM ${table} t WHERE ${where} LIMIT ${BATCH}))`;
    total += count;
    if (count < BATCH) return total;
  }
}

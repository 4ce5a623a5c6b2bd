import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { dayOf, startOf } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { JOB_DAYS } from '../lib/queue.ts';
import { PENDING_DAYS } from '../subscribers/confirm.ts';

type Rule = {
  what: string;
  /** How long it is kept at the least. */
  days: (config: Pick<Config, 'deliveriesKeepDays' | 'editionWindowDays'>) => number;
  why: string;
  /** Which rows go. Without it they go elsewhere, by the same days. */
  rows?: (before: Date) => Old[];
};

type Old = {
  table: Prisma.Sql;
  where: Prisma.Sql;
  /** The column by whose index a large table is gone through: without, the planner may read all of it for each batch. */
  by?: Prisma.Sql;
};

/**
 * What is kept for how long, and why. The table of docs/operations.md says the same (test/docs/settings.test.ts). What is not in
 * it stays: papers, editions and counts without names for good, all else for as long as its reader.
 */
export const RETENTION = {
  signUps: {
    what: 'sign-ups that nobody confirmed',
    days: () => PENDING_DAYS,
    why: 'so long the link in the confirmation holds',
  },
  digests: {
    what: 'digests in the ledger, but for those of the latest edition',
    days: ({ deliveriesKeepDays, editionWindowDays }) => Math.max(deliveriesKeepDays, editionWindowDays + 1),
    why: '`DELIVERIES_KEEP_DAYS`: for so long a digest opens in the browser, and a paper that was in it does not come again',
    rows: (before) => [
      {
        table: Prisma.sql`deliveries`,
        // The latest edition's stay, whatever its age, for they say who has had it.
        where: Prisma.sql`edition_date < ${startOf(dayOf(before))}::date AND edition_date < (SELECT max(date) FROM editions)
          AND status IN ('sent', 'failed', 'skipped')`,
        by: Prisma.sql`edition_date`,
      },
    ],
  },
  letters: {
    what: 'letters in the ledger, without their text',
    days: () => 100,
    why: 'that nobody gets the same one too soon, and that a reader’s history tells of them',
    rows: (before) => [
      {
        table: Prisma.sql`letters`,
        where: Prisma.sql`created_at < ${before} AND status IN ('sent', 'failed', 'skipped')`,
      },
    ],
  },
  feedback: {
    what: 'bounces, complaints and wishes to leave, as a code or a word',
    days: () => 180,
    why: 'that a report that comes twice counts once; the admin pages show 90 days',
    rows: (before) => [{ table: Prisma.sql`feedback`, where: Prisma.sql`received_at < ${before}` }],
  },
  topics: {
    what: 'topics that no reader has any more',
    days: () => 30,
    why: 'most are written again soon; their matches go with them',
    rows: (before) => [
      {
        table: Prisma.sql`topics`,
        where: Prisma.sql`created_at < ${before} AND NOT EXISTS (SELECT FROM subscriber_topics WHERE topic_id = t.id)`,
      },
    ],
  },
  matches: {
    what: 'which papers of an edition are on which topic',
    days: () => 60,
    why: 'what was sent of them stands in the ledger',
    rows: (before) => [{ table: Prisma.sql`edition_topics`, where: Prisma.sql`edition_date < ${before}` }],
  },
  signals: {
    what: 'all but the last signals of a paper, from its listing on',
    days: () => 60,
    why: 'no edition reckons with older ones',
    rows: (before) => [
      {
        table: Prisma.sql`signals`,
        where: Prisma.sql`EXISTS (SELECT FROM papers WHERE id = t.paper_id AND listed_on < ${before})
          AND EXISTS (SELECT FROM signals later WHERE later.paper_id = t.paper_id AND later.measured_at > t.measured_at)`,
      },
    ],
  },
  vectors: {
    what: 'what the model of `EMBEDDINGS` made of a paper, from its listing on, unless a reader gave it as an example',
    days: () => 60,
    why: 'no edition has older papers',
    rows: (before) => [
      {
        table: Prisma.sql`paper_vectors`,
        where: Prisma.sql`EXISTS (SELECT FROM papers WHERE id = t.paper_id AND listed_on < ${before})
          AND NOT EXISTS (SELECT FROM examples WHERE examples.paper_id = t.paper_id)`,
      },
    ],
  },
  ingests: {
    what: 'how each reading of a source went',
    days: () => 90,
    why: 'shows since when a source ails',
    rows: (before) => [{ table: Prisma.sql`ingests`, where: Prisma.sql`started_at < ${before}` }],
  },
  paces: {
    what: 'when mail to a domain was sent last, where a rate is set',
    days: () => 1,
    why: 'no rate is slower',
    rows: (before) => [{ table: Prisma.sql`paces`, where: Prisma.sql`next_at < ${before}` }],
  },
  jobs: {
    what: 'jobs of the queue that have ended',
    days: () => JOB_DAYS,
    why: 'to look at what failed; they bear numbers of deliveries, no address',
  },
} satisfies Record<string, Rule>;

/** Rows deleted in one transaction, so that none holds locks for long. */
const BATCH = 10_000;

/** Forgets what has been kept for long enough. Repeatable; what is left over is forgotten the next time. */
export async function forget(app: App): Promise<Record<string, number>> {
  const forgotten: Record<string, number> = {};
  for (const [name, { days, rows }] of Object.entries<Rule>(RETENTION)) {
    const before = new Date(app.now().getTime() - days(app.config) * 86_400_000);
    for (const old of rows?.(before) ?? [])
      forgotten[name] = (forgotten[name] ?? 0) + (await forgetRows(app, old));
  }
  if (Object.values(forgotten).some((count) => count > 0)) app.log.info(forgotten, 'forgotten');
  // A server makes room by itself; the embedded one has no process that would.
  if (app.config.databaseUrl === undefined) await app.db.$executeRaw`VACUUM (ANALYZE)`;
  return forgotten;
}

async function forgetRows(app: App, old: Old): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await forgetBatch(app, old);
    total += count;
    if (count < BATCH) return total;
  }
}

/** Looks again at what it has locked: a topic may have found a reader just before. What others have locked waits a day. */
const forgetBatch = ({ db }: App, { table, where, by }: Old): Promise<number> =>
  db.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ at: string }[]>`
      SELECT t.ctid::text AS at FROM ${table} t WHERE ${where}
      ${by ? Prisma.sql`ORDER BY ${by}` : Prisma.empty} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
    return tx.$executeRaw`
      DELETE FROM ${table} t WHERE t.ctid = ANY (${locked.map(({ at }) => at)}::tid[]) AND ${where}`;
  });

import type { App } from '../../app.ts';
import { type Day, dayOf } from '../../lib/day.ts';
import { Prisma } from '../../lib/db.ts';

type DeliveryStatus = 'queued' | 'sending' | 'sent' | 'failed' | 'skipped';

/** What became of an edition's deliveries. */
export type EditionTally = {
  edition: Day;
  opensAt: Date;
  counts: Record<DeliveryStatus, number>;
  /** Seconds from composed to sent; null where none was. */
  latency: { p50: number; p95: number; p99: number } | null;
};

/** The editions from a day on, oldest first: as they were counted when they were over, and anew those that are not. */
export async function talliesSince({ db }: App, from: Date): Promise<EditionTally[]> {
  const editions = await db.edition.findMany({
    where: { date: { gte: from } },
    orderBy: { date: 'asc' },
    select: { date: true, opensAt: true, tally: true },
  });
  const running = editions.flatMap(({ date, tally }) => (tally ? [] : [date]));
  const byDay = new Map((await countNow(db, running)).map((row) => [dayOf(row.editionDate), row]));
  return editions.map(({ date, opensAt, tally }) => {
    const edition = dayOf(date);
    const { queued, sending, sent, failed, skipped, latency } = {
      ...NOTHING,
      ...(tally ?? byDay.get(edition)),
    };
    return {
      edition,
      opensAt,
      counts: { queued, sending, sent, failed, skipped },
      latency: latencyOf(latency),
    };
  });
}

/**
 * Counts the editions that are over: there is a later one, so that they get no more deliveries, and none of theirs waits.
 * Repeatable.
 *
 * @returns how many were counted
 */
export async function tallyClosed({ db }: App): Promise<number> {
  const closed = await db.$queryRaw<{ date: Date }[]>`
    SELECT date FROM editions e
    WHERE date < (SELECT max(date) FROM editions) AND NOT EXISTS (SELECT FROM tallies WHERE edition_date = date)
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.edition_date = date AND d.status IN ('queued', 'sending'))
    ORDER BY date LIMIT ${MOST}`;
  if (closed.length === 0) return 0;
  const dates = closed.map(({ date }) => date);
  return db.$executeRaw`
    INSERT INTO tallies (edition_date, sent, failed, skipped, latency)
    SELECT date, coalesce(sent, 0), coalesce(failed, 0), coalesce(skipped, 0), coalesce(latency, '{}')
    FROM unnest(${dates}::date[]) AS date LEFT JOIN (${counts(dates)}) AS counted ON "editionDate" = date
    ON CONFLICT (edition_date) DO NOTHING`;
}

/** Editions counted in one statement: each may have a million deliveries, which take seconds. */
const MOST = 5;

function latencyOf([p50, p95, p99]: number[]): EditionTally['latency'] {
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
}

type Counted = { editionDate: Date } & typeof NOTHING;

/** The last count that took long, of each database. */
const slow = new WeakMap<App['db'], { of: string; until: number; rows: Counted[] }>();
const LONG_MS = 2_000;

/**
 * Metrics may be asked for every few seconds, and a million deliveries take as long to count: a count that took long stands
 * for twenty times as long, so that counting never takes more than a twentieth of the database's time.
 */
async function countNow(db: App['db'], dates: Date[]): Promise<Counted[]> {
  const began = performance.now();
  const known = slow.get(db);
  if (known && known.of === String(dates) && began < known.until) return known.rows;
  const rows = await db.$queryRaw<Counted[]>(counts(dates));
  const took = performance.now() - began;
  if (took > LONG_MS) slow.set(db, { of: String(dates), until: began + 20 * took, rows });
  return rows;
}

const NOTHING = { queued: 0, sending: 0, sent: 0, failed: 0, skipped: 0, latency: [] as number[] };

/** Plan: deliveries by (edition_date, status). */
const counts = (dates: Date[]): Prisma.Sql => Prisma.sql`
  SELECT edition_date AS "editionDate", count(*) FILTER (WHERE status = 'queued')::int AS queued,
    count(*) FILTER (WHERE status = 'sending')::int AS sending, count(*) FILTER (WHERE status = 'sent')::int AS sent,
    count(*) FILTER (WHERE status = 'failed')::int AS failed, count(*) FILTER (WHERE status = 'skipped')::int AS skipped,
    coalesce(percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM settled_at - created_at))
      FILTER (WHERE status = 'sent'), '{}') AS latency
  FROM deliveries WHERE edition_date = ANY (${dates}::date[]) GROUP BY edition_date`;

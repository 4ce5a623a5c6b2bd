import type { App } from '../app.ts';
import type { Day } from '../lib/day.ts';
import { Prisma, type Tx } from '../lib/db.ts';
import { uuid7 } from '../lib/uuid7.ts';

export type ComposeReport = { edition: Day | null; composed: number };

/** Subscribers looked at in one transaction; deliveries in one job. */
const CHUNK = 10_000;
const BATCH = 100;

/**
 * Writes a delivery for every subscriber whose hour has come and who has not had the latest open edition, and queues
 * them in the same transaction. Repeatable at any time: a delivery is unique per subscriber and edition.
 *
 * @param options.now whoever has not had the latest edition is due, whatever their hour, and open or not
 */
export async function compose(app: App, options: { now?: boolean } = {}): Promise<ComposeReport> {
  const { db, log, now } = app;
  const edition = await db.edition.findFirst({
    where: options.now ? {} : { opensAt: { lte: now() } },
    orderBy: { date: 'desc' },
    select: { date: true, opensAt: true },
  });
  if (!edition) return { edition: null, composed: 0 };
  const due = options.now ? Prisma.sql`TRUE` : await hourHasCome(app, edition.opensAt);
  let composed = 0;
  let after: string | null = FIRST;
  while (after !== null) {
    const from: string = after;
    const chunk: Chunk = await db.$transaction((tx) =>
      composeChunk(app, tx, { date: edition.date, due, from }),
    );
    composed += chunk.composed;
    after = chunk.last;
  }
  const day = edition.date.toISOString().slice(0, 10);
  if (composed > 0) log.info({ edition: day, count: composed }, 'digests composed');
  return { edition: day, composed };
}

/** Before every subscriber's id. */
const FIRST = '00000000-0000-0000-0000-000000000000';

/** How many were written, and the last subscriber that was looked at; null when those were the last. */
type Chunk = { composed: number; last: string | null };

async function composeChunk(
  { queue, now }: App,
  tx: Tx,
  { date, due, from }: { date: Date; due: Prisma.Sql; from: string },
): Promise<Chunk> {
  // Plan: the next subscribers by their key, and for each who is due one look into the unique key of deliveries, which ON
  // CONFLICT takes whatever the statistics say. Asked for by NOT EXISTS the planner, which has not heard of a new edition
  // yet, looks through all that the edition has; and with the limit on those who are due it reads all that is left.
  const [chunk] = await tx.$queryRaw<{ last: string | null; ids: string[] }[]>`
    WITH seen AS MATERIALIZED (
      SELECT id, status, frequency, time_zone, send_hour FROM subscribers
      WHERE id > ${from}::uuid ORDER BY id LIMIT ${CHUNK}
    ), written AS (
      INSERT INTO deliveries (id, subscriber_id, edition_date, status, next_attempt_at, created_at)
      SELECT ${uuid7(now())}, id, ${date}, 'queued', ${now()}, ${now()} FROM seen s
      WHERE s.status = 'active' AND ${due}
      ON CONFLICT (subscriber_id, edition_date) DO NOTHING
      RETURNING id
    )
    SELECT (SELECT id::text FROM seen OFFSET ${CHUNK - 1}::int) AS last, ARRAY(SELECT id::text FROM written) AS ids`;
  const { last = null, ids = [] } = chunk ?? {};
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) => ({
    ids: ids.slice(n * BATCH, (n + 1) * BATCH),
  }));
  if (batches.length > 0) await queue.sendAll('deliver', batches, { tx });
  return { composed: ids.length, last };
}

/**
 * The zones and hours whose slot for an edition has come, and not longer ago than a digest stays fresh.
 *
 * A subscriber's slot is the first start of their hour, on their own clock, not before the edition opens. It is one
 * instant, whatever the zone does: Postgres reads a skipped local time as the instant an hour later and a repeated
 * one as its standard-time instant, so a day with a clock change has one slot like any other.
 */
async function hourHasCome({ db, now, config }: App, opensAt: Date): Promise<Prisma.Sql> {
  const due = await db.$queryRaw<{ time_zone: string; send_hour: number; weekday: number }[]>`
    SELECT time_zone, send_hour, extract(isodow FROM local)::int AS weekday
    FROM (SELECT DISTINCT time_zone, send_hour FROM subscribers WHERE status = 'active') AS clocks,
      LATERAL (SELECT date_trunc('hour', ${opensAt}::timestamptz AT TIME ZONE time_zone) AS opens) AS o,
      LATERAL (SELECT date_trunc('day', opens) + make_interval(hours => send_hour) AS today) AS t,
      LATERAL (SELECT CASE WHEN today < opens THEN today + interval '1 day' ELSE today END AS local) AS slot
    WHERE local AT TIME ZONE time_zone <= ${now()}::timestamptz
      AND local AT TIME ZONE time_zone > ${now()}::timestamptz - make_interval(hours => ${config.deliveriesExpireHours}::int)`;
  const clocks = (frequencies: string[], days: (weekday: number) => boolean) => {
    const some = due.filter(({ weekday }) => days(weekday));
    return Prisma.sql`(s.frequency::text = ANY (${frequencies}) AND (s.time_zone, s.send_hour) IN
      (SELECT * FROM unnest(${some.map((c) => c.time_zone)}::text[], ${some.map((c) => c.send_hour)}::int[])))`;
  };
  return Prisma.sql`(${clocks(['daily'], () => true)}
    OR ${clocks(['weekdays'], (day) => day <= 5)}
    OR ${clocks(['weekly'], (day) => day === MONDAY)})`;
}
const MONDAY = 1;

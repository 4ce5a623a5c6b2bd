import type { App } from '../app.ts';
import type { Day } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { type DueClock, dueClocks, everyClock } from './clocks.ts';

export type ComposeReport = { edition: Day | null; composed: number };

/** Subscribers looked at in one transaction; deliveries in one job. */
const CHUNK = 10_000;
const BATCH = 200;

/**
 * Writes a delivery for every subscriber whose hour has come and who has not had the latest open edition, and queues
 * them in the same transaction. Repeatable at any time: a delivery is unique per subscriber and edition. What was gone
 * through is remembered when all of it is done, so a run that breaks off is done again by the next.
 *
 * @param options.now whoever has not had the latest edition is due, whatever their hour, and open or not
 */
export async function compose(app: App, options: { now?: boolean } = {}): Promise<ComposeReport> {
  const { db, log } = app;
  const at = app.now();
  const edition = await db.edition.findFirst({
    where: options.now ? {} : { opensAt: { lte: at } },
    orderBy: { date: 'desc' },
    select: { date: true, opensAt: true, composedUntil: true },
  });
  if (!edition) return { edition: null, composed: 0 };
  const clocks = options.now ? await everyClock(app) : await dueClocks(app, edition, at);
  let composed = 0;
  let rest = clocks;
  while (rest.length > 0) {
    const chunk: Chunk = await db.$transaction((tx) => composeChunk(app, tx, edition.date, rest));
    composed += chunk.composed;
    rest = chunk.rest;
    app.reached('composed');
  }
  if (clocks.length > 0 && !options.now)
    await db.edition.updateMany({ where: { date: edition.date }, data: { composedUntil: at } });
  const day = edition.date.toISOString().slice(0, 10);
  if (composed > 0) log.info({ edition: day, count: composed }, 'digests composed');
  return { edition: day, composed };
}

/** How many were written, and the clocks that are still to be gone through. */
type Chunk = { composed: number; rest: DueClock[] };

async function composeChunk({ queue, now }: App, tx: Tx, date: Date, clocks: DueClock[]): Promise<Chunk> {
  const column = <Key extends keyof DueClock>(key: Key) => clocks.map((clock) => clock[key]);
  // Plan: clock by clock, its readers by the index on status, zone, hour and change, and for each who is due one look into
  // the unique key of deliveries, which ON CONFLICT takes whatever the statistics say. Asked for by NOT EXISTS the planner,
  // which has not heard of a new edition yet, looks through all that the edition has.
  const [chunk] = await tx.$queryRaw<{ ids: string[]; last: Last | null }[]>`
    WITH seen AS MATERIALIZED (
      SELECT clock, weekday, s.* FROM unnest(${column('timeZone')}::text[], ${column('sendHour')}::int[],
        ${column('weekday')}::int[], ${column('since')}::timestamptz[], ${column('after')}::uuid[])
        WITH ORDINALITY AS c (zone, hour, weekday, since, after, clock),
      LATERAL (SELECT id, changed_at, frequency FROM subscribers
        WHERE status = 'active' AND time_zone = zone AND send_hour = hour AND (changed_at, id) > (since, after)
        ORDER BY changed_at, id LIMIT ${CHUNK}) AS s
      LIMIT ${CHUNK}
    ), written AS (
      INSERT INTO deliveries (id, subscriber_id, edition_date, status, next_attempt_at, created_at)
      SELECT ${uuid7(now())}, id, ${date}, 'queued', ${now()}, ${now()} FROM seen
      WHERE CASE frequency WHEN 'daily' THEN TRUE WHEN 'weekdays' THEN weekday <= 5 WHEN 'weekly' THEN weekday = 1 END
      ORDER BY id
      ON CONFLICT (subscriber_id, edition_date) DO NOTHING
      RETURNING id
    )
    SELECT ARRAY(SELECT id::text FROM written) AS ids,
      (SELECT to_json(last) FROM (SELECT clock, changed_at AS since, id AS after FROM seen OFFSET ${CHUNK - 1}::int) AS last) AS last`;
  const { ids = [], last = null } = chunk ?? {};
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) => ({
    ids: ids.slice(n * BATCH, (n + 1) * BATCH),
  }));
  if (batches.length > 0) await queue.sendAll('deliver', batches, { tx });
  return { composed: ids.length, rest: last ? beyond(last, clocks) : [] };
}

/** Where a chunk ended: which of its clocks, from 1, and which reader there. */
type Last = { clock: number; since: string; after: string };

const beyond = ({ clock, since, after }: Last, clocks: DueClock[]): DueClock[] =>
  clocks.slice(clock - 1).map((one, n) => (n === 0 ? { ...one, since: new Date(since), after } : one));

import type { App } from '../app.ts';

/** A zone and hour, and which of its readers are to be looked at: who changed later than `since`; `after` breaks ties. */
export type DueClock = { timeZone: string; sendHour: number; weekday: number; since: Date; after: string };

/** When an edition opened, and up to when its clocks have been gone through. */
type Opened = { opensAt: Date; composedUntil: Date | null };

/** Before every change, and before every subscriber's id. */
const EVER = new Date(0);
const FIRST = '00000000-0000-0000-0000-000000000000';

/** More than the longest transaction (lib/db.ts) takes to commit a change, and than two machines' clocks differ by. */
const OVERLAP = 5 * 60_000;

/**
 * The zones and hours whose slot for an edition has come, and not longer ago than a digest stays fresh, as far as there may
 * be somebody to compose for: for all of their readers when the slot came after `composedUntil`, else for who changed since.
 *
 * A subscriber's slot is the first start of their hour, on their own clock, not before the edition opens. It is one
 * instant, whatever the zone does: Postgres reads a skipped local time as the instant an hour later and a repeated
 * one as its standard-time instant, so a day with a clock change has one slot like any other.
 */
export async function dueClocks(
  { db, config }: App,
  { opensAt, composedUntil }: Opened,
  at: Date,
): Promise<DueClock[]> {
  // What a machine with a wrong clock has gone through, of an hour that is still to come, counts for nothing.
  const until = composedUntil && composedUntil.getTime() < at.getTime() + OVERLAP ? composedUntil : EVER;
  const lately = new Date(Math.min(until.getTime(), at.getTime()) - OVERLAP);
  // Plan: from zone to zone in the index of clocks, not through their readers; a day's hours for each; the few who changed
  // lately by the index on that.
  const clocks = await db.$queryRaw<(Omit<DueClock, 'since' | 'after'> & { whole: boolean })[]>`
    WITH RECURSIVE zones AS (
      SELECT min(time_zone) AS zone FROM subscribers WHERE status = 'active'
      UNION ALL
      SELECT (SELECT min(time_zone) FROM subscribers WHERE status = 'active' AND time_zone > zone) FROM zones
      WHERE zone IS NOT NULL
    ), slots AS MATERIALIZED (
      SELECT zone, extract(hour FROM local)::int AS hour, extract(isodow FROM local)::int AS weekday,
        local AT TIME ZONE zone AS slot
      FROM zones, date_trunc('hour', ${opensAt}::timestamptz AT TIME ZONE zone) AS opens,
        generate_series(opens, opens + interval '23 hours', interval '1 hour') AS local
    ), changed AS MATERIALIZED (
      SELECT DISTINCT time_zone, send_hour FROM subscribers WHERE status = 'active' AND changed_at > ${lately}
    )
    SELECT zone AS "timeZone", hour AS "sendHour", weekday, slot > ${until} AS whole FROM slots
    WHERE slot <= ${at} AND slot > ${at}::timestamptz - make_interval(hours => ${config.deliveriesExpireHours}::int)
      AND (slot > ${until} OR (zone, hour) IN (SELECT * FROM changed))
    ORDER BY zone, hour`;
  return clocks.map(({ whole, ...clock }) => ({ ...clock, since: whole ? EVER : lately, after: FIRST }));
}

/** The clocks of all readers, as if it were a Monday, on which everybody's digest comes. */
export async function everyClock({ db }: App): Promise<DueClock[]> {
  const clocks = await db.$queryRaw<Pick<DueClock, 'timeZone' | 'sendHour'>[]>`
    SELECT DISTINCT time_zone AS "timeZone", send_hour AS "sendHour" FROM subscribers WHERE status = 'active'
    ORDER BY 1, 2`;
  return clocks.map((clock) => ({ ...clock, weekday: 1, since: EVER, after: FIRST }));
}

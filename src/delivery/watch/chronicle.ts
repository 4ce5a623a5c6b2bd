import type { App } from '../../app.ts';
import { addDays, type Day, dayOf, startOf } from '../../lib/day.ts';
import { type EditionTally, talliesSince } from './tally.ts';

/** What happened on each of some days, to be drawn. Days on which nothing did are there too, with nothing. */
export type Chronicle = {
  readers: { day: Day; signedUp: number; confirmed: number; left: number; suppressed: number }[];
  /** By the edition's day. */
  deliveries: { day: Day; status: string; count: number }[];
  /** Shares of the mails sent over the seven days that end with the day; null where none were sent. */
  rates: { day: Day; complaints: number | null; bounces: number | null }[];
  /** Seconds from composed to sent, by the edition's day. */
  latency: { day: Day; p50: number; p95: number; p99: number }[];
  /** The topics that most readers have. */
  topics: { query: string; readers: number }[];
};

export async function chronicle(app: App, days: number): Promise<Chronicle> {
  const { db, now } = app;
  const last = dayOf(now());
  const first = addDays(last, 1 - days);
  const [from, until] = [startOf(first), startOf(addDays(last, 1))];
  const readers = await db.$queryRaw<(Omit<Chronicle['readers'][number], 'day'> & { day: Date })[]>`
    SELECT day::date, coalesce(s.n, 0)::int AS "signedUp", coalesce(c.n, 0)::int AS confirmed, coalesce(l.n, 0)::int AS left,
      coalesce(x.n, 0)::int AS suppressed
    FROM generate_series(${from}::date, ${until}::date - 1, interval '1 day') AS day
    LEFT JOIN (SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS d, count(*) AS n FROM subscribers
      WHERE created_at >= ${from} GROUP BY 1) s ON s.d = day::date
    LEFT JOIN (SELECT date_trunc('day', confirmed_at AT TIME ZONE 'UTC') AS d, count(*) AS n FROM subscribers
      WHERE confirmed_at >= ${from} GROUP BY 1) c ON c.d = day::date
    LEFT JOIN (SELECT date_trunc('day', unsubscribed_at AT TIME ZONE 'UTC') AS d, count(*) AS n FROM subscribers
      WHERE unsubscribed_at >= ${from} GROUP BY 1) l ON l.d = day::date
    LEFT JOIN (SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS d, count(*) AS n FROM suppressions
      WHERE created_at >= ${from} AND reason <> 'erased' GROUP BY 1) x ON x.d = day::date
    ORDER BY day`;
  // The shares are of the seven days that end with each.
  const tallies = await talliesSince(app, startOf(addDays(first, -8)));
  const drawn = tallies.filter(({ edition }) => edition >= first);
  const topics = await db.$queryRaw<Chronicle['topics']>`
    SELECT query, count(*)::int AS readers FROM topics JOIN subscriber_topics ON topic_id = topics.id
    JOIN subscribers s ON s.id = subscriber_id AND s.status = 'active'
    GROUP BY query ORDER BY 2 DESC, 1 LIMIT ${MOST_TOPICS}`;
  return {
    readers: readers.map((row) => ({ ...row, day: dayOf(row.day) })),
    deliveries: drawn.flatMap(({ edition, counts }) =>
      Object.entries(counts).flatMap(([status, count]) =>
        count > 0 ? [{ day: edition, status, count }] : [],
      ),
    ),
    rates: await ratesOf(db, { from, until }, tallies),
    latency: drawn.flatMap(({ edition, latency }) => (latency ? [{ day: edition, ...latency }] : [])),
    topics,
  };
}

const MOST_TOPICS = 15;

/** A mail counts on the day on which its edition opened. */
async function ratesOf(
  db: App['db'],
  { from, until }: { from: Date; until: Date },
  tallies: EditionTally[],
): Promise<Chronicle['rates']> {
  const opened = tallies.map(({ opensAt }) => opensAt);
  const counts = tallies.map(({ counts }) => counts.sent);
  const rows = await db.$queryRaw<{ day: Date; sent: number; complained: number; bounced: number }[]>`
    WITH days AS (SELECT generate_series(${from}::date - 6, ${until}::date - 1, interval '1 day')::date AS day),
      sent AS (SELECT (opened AT TIME ZONE 'UTC')::date AS day, sum(n) AS n
        FROM unnest(${opened}::timestamptz[], ${counts}::int[]) AS e(opened, n) GROUP BY 1),
      back AS (SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE reason = 'complaint') AS complained,
          count(*) FILTER (WHERE reason IN ('the mailbox does not exist', 'too many soft bounces')) AS bounced
        FROM suppressions WHERE created_at >= ${from}::timestamptz - interval '6 days' GROUP BY 1)
    SELECT day, coalesce(sum(n) OVER week, 0)::int AS sent, coalesce(sum(complained) OVER week, 0)::int AS complained,
      coalesce(sum(bounced) OVER week, 0)::int AS bounced
    FROM days LEFT JOIN sent USING (day) LEFT JOIN back USING (day)
    WINDOW week AS (ORDER BY day ROWS 6 PRECEDING) ORDER BY day OFFSET 6`;
  const share = (count: number, sent: number) => (sent > 0 ? count / sent : null);
  return rows.map(({ day, sent, complained, bounced }) => ({
    day: dayOf(day),
    complaints: share(complained, sent),
    bounces: share(bounced, sent),
  }));
}

import type { App } from '../../app.ts';
import { addDays, type Day, dayOf, startOf } from '../../lib/day.ts';

/** What happened on each of some days, to be drawn. Days on which nothing did are there too, with nothing. */
export type Chronicle = {
  readers: { day: Day; signedUp: number; confirmed: number; left: number; suppressed: number }[];
  /** By the edition's day. */
  deliveries: { day: Day; status: string; count: number }[];
  /** Shares of the mails sent over the seven days that end with the day; null where none were sent. */
  rates: { day: Day; complaints: number | null; bounces: number | null }[];
  /** Seconds from composed to sent, by the edition's day. */
  latency: { day: Day; p50: number; p95: number }[];
  /** The topics that most readers have. */
  topics: { query: string; readers: number }[];
};

export async function chronicle({ db, now }: App, days: number): Promise<Chronicle> {
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
  const deliveries = await db.delivery.groupBy({
    by: ['editionDate', 'status'],
    where: { editionDate: { gte: from } },
    _count: true,
    orderBy: [{ editionDate: 'asc' }, { status: 'asc' }],
  });
  const latency = await db.$queryRaw<{ day: Date; quantiles: [number, number] }[]>`
    SELECT edition_date AS day,
      percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM settled_at - created_at)) AS quantiles
    FROM deliveries WHERE edition_date >= ${from} AND status = 'sent' GROUP BY 1 ORDER BY 1`;
  const topics = await db.$queryRaw<Chronicle['topics']>`
    SELECT query, count(*)::int AS readers FROM topics JOIN subscriber_topics ON topic_id = topics.id
    JOIN subscribers s ON s.id = subscriber_id AND s.status = 'active'
    GROUP BY query ORDER BY 2 DESC, 1 LIMIT ${MOST_TOPICS}`;
  return {
    readers: readers.map((row) => ({ ...row, day: dayOf(row.day) })),
    deliveries: deliveries.map(({ editionDate, status, _count }) => ({
      day: dayOf(editionDate),
      status,
      count: _count,
    })),
    rates: await ratesOf(db, from, until),
    latency: latency.map(({ day, quantiles: [p50, p95] }) => ({ day: dayOf(day), p50, p95 })),
    topics,
  };
}

const MOST_TOPICS = 15;

async function ratesOf(db: App['db'], from: Date, until: Date): Promise<Chronicle['rates']> {
  const rows = await db.$queryRaw<{ day: Date; sent: number; complained: number; bounced: number }[]>`
    WITH days AS (SELECT generate_series(${from}::date - 6, ${until}::date - 1, interval '1 day')::date AS day),
      sent AS (SELECT (settled_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM deliveries
        WHERE status = 'sent' AND edition_date >= ${from}::date - 8 GROUP BY 1),
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

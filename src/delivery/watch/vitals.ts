import type { App } from '../../app.ts';
import { editionDay } from '../../editions/publish.ts';
import { type Day, dayOf, startOf } from '../../lib/day.ts';
import { type QueueState, queueStates } from '../../lib/queue-state.ts';
import type { SourceName } from '../../papers/paper.ts';
import { sendingState } from '../breaker.ts';

/** What tells at a glance whether the house is well: for /metrics, the alerts and the admin pages alike. */
export type Vitals = {
  at: Date;
  /** The day whose edition is due, and whether it is there; the latest that is. */
  due: { date: Day; published: boolean; hoursLate: number };
  latest: { date: Day; publishedAt: Date } | null;
  /** Seconds since each source of SOURCES was read well; null: never. */
  sources: { name: SourceName; ageSeconds: number | null }[];
  /** Deliveries of the latest edition by status. */
  deliveries: { status: string; count: number }[];
  /** Deliveries and letters that could go now, and how long the oldest has waited. */
  waiting: { count: number; oldestSeconds: number };
  /** Seconds from composed to sent, over the latest edition. */
  latency: { p50: number; p95: number; p99: number } | null;
  /** Over the last seven days. */
  week: { sent: number; bounced: number; complained: number };
  readers: { status: string; count: number }[];
  sending: Awaited<ReturnType<typeof sendingState>>;
  queues: QueueState[];
};

/** A day's list is complete, and its edition due, 26 hours after the day began (editions/publish.ts). */
const DUE_AFTER_HOURS = 26;

export async function takeVitals(app: App): Promise<Vitals> {
  const { db, now } = app;
  const at = now();
  const date = editionDay(at);
  const [published, latest] = await Promise.all([
    db.edition.count({ where: { date: startOf(date) } }),
    db.edition.findFirst({ orderBy: { date: 'desc' }, select: { date: true, publishedAt: true } }),
  ]);
  return {
    at,
    due: {
      date,
      published: published > 0,
      hoursLate: (at.getTime() - startOf(date).getTime()) / 3_600_000 - DUE_AFTER_HOURS,
    },
    latest: latest && { date: dayOf(latest.date), publishedAt: latest.publishedAt },
    sources: await freshness(app, at),
    deliveries: latest ? await byStatus(app, latest.date) : [],
    waiting: await waitingAt(app, at),
    latency: latest ? await latencyOf(app, latest.date) : null,
    week: await weekOf(app, at),
    readers: (await db.subscriber.groupBy({ by: ['status'], _count: true, orderBy: { status: 'asc' } })).map(
      ({ status, _count }) => ({ status, count: _count }),
    ),
    sending: await sendingState(app),
    queues: await queueStates(db, at),
  };
}

async function freshness({ db, config }: App, at: Date): Promise<Vitals['sources']> {
  const rows = await db.ingest.groupBy({
    by: ['source'],
    where: { outcome: { in: ['ok', 'empty'] }, source: { in: config.sources } },
    _max: { finishedAt: true },
  });
  const read = new Map(rows.map(({ source, _max }) => [source, _max.finishedAt]));
  return config.sources.map((name) => {
    const last = read.get(name);
    return { name, ageSeconds: last ? (at.getTime() - last.getTime()) / 1000 : null };
  });
}

async function byStatus({ db }: App, editionDate: Date): Promise<Vitals['deliveries']> {
  const groups = await db.delivery.groupBy({
    by: ['status'],
    where: { editionDate },
    _count: true,
    orderBy: { status: 'asc' },
  });
  return groups.map(({ status, _count }) => ({ status, count: _count }));
}

/** Plan: the indexes on (status, next_attempt_at) of both tables. */
async function waitingAt({ db }: App, at: Date): Promise<Vitals['waiting']> {
  const [row] = await db.$queryRaw<Vitals['waiting'][]>`
    SELECT count(*)::int AS count,
      coalesce(extract(epoch FROM ${at}::timestamptz - min(next_attempt_at)), 0)::float AS "oldestSeconds"
    FROM (SELECT next_attempt_at FROM deliveries WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${at}
      UNION ALL SELECT next_attempt_at FROM letters WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${at}) AS w`;
  return row ?? { count: 0, oldestSeconds: 0 };
}

async function latencyOf({ db }: App, editionDate: Date): Promise<Vitals['latency']> {
  const [row] = await db.$queryRaw<{ quantiles: number[] | null }[]>`
    SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM settled_at - created_at)) AS quantiles
    FROM deliveries WHERE edition_date = ${editionDate} AND status = 'sent'`;
  const [p50, p95, p99] = row?.quantiles ?? [];
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
}

/** A dead mailbox, told by the server's reply or by what comes back, ends in a suppression either way. */
async function weekOf({ db }: App, at: Date): Promise<Vitals['week']> {
  const [row] = await db.$queryRaw<Vitals['week'][]>`
    SELECT (SELECT count(*) FROM deliveries WHERE status = 'sent'
        AND edition_date >= ${at}::timestamptz - interval '8 days' AND settled_at > ${at}::timestamptz - interval '7 days')::int AS sent,
      (SELECT count(*) FROM suppressions WHERE created_at > ${at}::timestamptz - interval '7 days'
        AND reason IN ('the mailbox does not exist', 'too many soft bounces'))::int AS bounced,
      (SELECT count(*) FROM suppressions WHERE created_at > ${at}::timestamptz - interval '7 days' AND reason = 'complaint')::int AS complained`;
  return row ?? { sent: 0, bounced: 0, complained: 0 };
}

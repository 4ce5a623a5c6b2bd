import type { App } from '../../app.ts';
import { editionDay } from '../../editions/publish.ts';
import { type Day, dayOf, startOf } from '../../lib/day.ts';
import { type QueueState, queueStates } from '../../lib/queue-state.ts';
import type { SourceName } from '../../papers/paper.ts';
import { sendingState } from '../breaker.ts';
import { type EditionTally, talliesSince } from './tally.ts';

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
  const tallies = await talliesSince(
    app,
    new Date(Math.min(at.getTime() - 9 * 86_400_000, latest?.date.getTime() ?? at.getTime())),
  );
  const run = latest ? tallies.at(-1) : undefined;
  return {
    at,
    due: {
      date,
      published: published > 0,
      hoursLate: (at.getTime() - startOf(date).getTime()) / 3_600_000 - DUE_AFTER_HOURS,
    },
    latest: latest && { date: dayOf(latest.date), publishedAt: latest.publishedAt },
    sources: await freshness(app, at),
    deliveries: Object.entries(run?.counts ?? {}).flatMap(([status, count]) =>
      count > 0 ? [{ status, count }] : [],
    ),
    waiting: await waitingAt(app, at),
    latency: run?.latency ?? null,
    week: await weekOf(app, at, tallies),
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

/** Plan: the indexes on (status, next_attempt_at) of both tables. */
async function waitingAt({ db }: App, at: Date): Promise<Vitals['waiting']> {
  const [row] = await db.$queryRaw<Vitals['waiting'][]>`
    SELECT count(*)::int AS count,
      coalesce(extract(epoch FROM ${at}::timestamptz - min(next_attempt_at)), 0)::float AS "oldestSeconds"
    FROM (SELECT next_attempt_at FROM deliveries WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${at}
      UNION ALL SELECT next_attempt_at FROM letters WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${at}) AS w`;
  return row ?? { count: 0, oldestSeconds: 0 };
}

/**
 * What was sent counts on the day on which its edition opened. A dead mailbox, told by the server's reply or by what comes
 * back, ends in a suppression either way.
 */
async function weekOf({ db }: App, at: Date, tallies: EditionTally[]): Promise<Vitals['week']> {
  const from = new Date(at.getTime() - 7 * 86_400_000);
  const sent = tallies
    .filter(({ opensAt }) => opensAt > from)
    .reduce((sum, { counts }) => sum + counts.sent, 0);
  const [row] = await db.$queryRaw<{ bounced: number; complained: number }[]>`
    SELECT count(*) FILTER (WHERE reason IN ('the mailbox does not exist', 'too many soft bounces'))::int AS bounced,
      count(*) FILTER (WHERE reason = 'complaint')::int AS complained
    FROM suppressions WHERE created_at > ${from}`;
  return { sent, bounced: row?.bounced ?? 0, complained: row?.complained ?? 0 };
}

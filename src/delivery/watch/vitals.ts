import type { App } from '../../app.ts';
import { COMPLETE, editionDay } from '../../editions/publish.ts';
import { judgeSources } from '../../editions/sources.ts';
import { type Day, dayOf, startOf } from '../../lib/day.ts';
import { Prisma } from '../../lib/db.ts';
import { type QueueState, queueStates } from '../../lib/queue-state.ts';
import type { SourceName } from '../../papers/paper.ts';
import { sendingState } from '../breaker.ts';
import { type EditionTally, talliesSince } from './tally.ts';

/** What tells at a glance whether the house is well: for /metrics, the alerts and the admin pages alike. */
export type Vitals = {
  at: Date;
  /** The day whose edition is due, and whether it is there; `held`: why the sources bear none. The latest that is. */
  due: { date: Day; published: boolean; hoursLate: number; held: string | null };
  latest: { date: Day; publishedAt: Date } | null;
  sources: SourceState[];
  /** Deliveries of the latest edition by status. */
  deliveries: { status: string; count: number }[];
  /** Deliveries and letters that could go now, or are held back by a pause, and how long the oldest has waited. */
  waiting: { count: number; oldestSeconds: number };
  /** Seconds from composed to sent, over the latest edition. */
  latency: { p50: number; p95: number; p99: number } | null;
  /** Over the last seven days. */
  week: { sent: number; bounced: number; complained: number };
  readers: { status: string; count: number }[];
  sending: Awaited<ReturnType<typeof sendingState>>;
  queues: QueueState[];
};

/** Of each source of SOURCES. */
export type SourceState = {
  name: SourceName;
  /** Since it was read well; null: never. */
  ageSeconds: number | null;
  /** Why the newest reading failed, if it did. */
  error: string | null;
  /** What it listed on the day whose edition is due; null: not read. */
  papers: number | null;
};

/** One that was never tried is new, and may be read at this instant. */
export const wasTried = ({ ageSeconds, error }: SourceState): boolean =>
  ageSeconds !== null || error !== null;

export async function takeVitals(app: App): Promise<Vitals> {
  const { db, now } = app;
  const at = now();
  const date = editionDay(at);
  const [published, latest] = await Promise.all([
    db.edition.count({ where: { date: startOf(date) } }),
    db.edition.findFirst({ orderBy: { date: 'desc' }, select: { date: true, publishedAt: true } }),
  ]);
  const sources = await judgeSources(app, date, at);
  const tallies = await talliesSince(
    app,
    new Date(Math.min(at.getTime() - 9 * 86_400_000, latest?.date.getTime() ?? at.getTime())),
  );
  const sending = await sendingState(app);
  const run = latest ? tallies.at(-1) : undefined;
  return {
    at,
    due: {
      date,
      published: published > 0,
      hoursLate: (at.getTime() - startOf(date).getTime() - COMPLETE) / 3_600_000,
      held: published > 0 || sources.good ? null : sources.why,
    },
    latest: latest && { date: dayOf(latest.date), publishedAt: latest.publishedAt },
    sources: await freshness(app, at, date),
    deliveries: Object.entries(run?.counts ?? {}).flatMap(([status, count]) =>
      count > 0 ? [{ status, count }] : [],
    ),
    waiting: await waitingAt(app, at, sending.state === 'paused'),
    latency: run?.latency ?? null,
    week: await weekOf(app, at, tallies),
    readers: (await db.subscriber.groupBy({ by: ['status'], _count: true, orderBy: { status: 'asc' } })).map(
      ({ status, _count }) => ({ status, count: _count }),
    ),
    sending,
    queues: await queueStates(db, at),
  };
}

async function freshness({ db, config }: App, at: Date, due: Day): Promise<SourceState[]> {
  const rows = await db.$queryRaw<
    (Pick<SourceState, 'error' | 'papers'> & { source: string; read: Date | null })[]
  >`
    SELECT source, max(finished_at) FILTER (WHERE outcome <> 'failed') AS read,
      (array_agg(error ORDER BY started_at DESC, id DESC))[1] AS error,
      (array_agg(papers ORDER BY started_at DESC, id DESC)
        FILTER (WHERE outcome <> 'failed' AND date = ${startOf(due)}::date))[1] AS papers
    FROM ingests WHERE outcome IS NOT NULL GROUP BY source`;
  return config.sources.map((name) => {
    const { read = null, error = null, papers = null } = rows.find(({ source }) => source === name) ?? {};
    return { name, ageSeconds: read && (at.getTime() - read.getTime()) / 1000, error, papers };
  });
}

/**
 * While the operator holds mail back its next attempt is put off again and again, so it waits since it was written.
 * Plan: the indexes on (status, next_attempt_at) of both tables.
 */
async function waitingAt({ db }: App, at: Date, paused: boolean): Promise<Vitals['waiting']> {
  const since = Prisma.raw(paused ? 'created_at' : 'next_attempt_at');
  const [row] = await db.$queryRaw<Vitals['waiting'][]>`
    SELECT count(*)::int AS count,
      coalesce(extract(epoch FROM ${at}::timestamptz - min(since)), 0)::float AS "oldestSeconds"
    FROM (SELECT ${since} AS since FROM deliveries WHERE status IN ('queued', 'sending') AND ${since} <= ${at}
      UNION ALL SELECT ${since} FROM letters WHERE status IN ('queued', 'sending') AND ${since} <= ${at}) AS w`;
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

import type { Db } from './db.ts';

/**
 * Jobs of one name: that may be taken now, that wait for their time, that are worked on, that failed for good in the last
 * day; the age of the oldest of the first; how long ago one was last done, null when none was in the last day.
 */
export type QueueState = {
  name: string;
  ready: number;
  later: number;
  active: number;
  failed: number;
  oldestSeconds: number;
  doneSeconds: number | null;
};

/** Where every queue stands at an instant, in pg-boss's own table. */
export function queueStates(db: Db, now: Date): Promise<QueueState[]> {
  return db.$queryRaw<QueueState[]>`
    SELECT q.name,
      count(*) FILTER (WHERE j.state < 'active' AND j.start_after <= ${now})::int AS ready,
      count(*) FILTER (WHERE j.state < 'active' AND j.start_after > ${now})::int AS later,
      count(*) FILTER (WHERE j.state = 'active')::int AS active,
      count(*) FILTER (WHERE j.state = 'failed')::int AS failed,
      coalesce(extract(epoch FROM ${now}::timestamptz - min(j.start_after) FILTER (WHERE j.state < 'active' AND j.start_after <= ${now})), 0)::float
        AS "oldestSeconds",
      extract(epoch FROM ${now}::timestamptz
        - (SELECT max(completed_on) FROM pgboss.job WHERE name = q.name AND state = 'completed'))::float AS "doneSeconds"
    FROM pgboss.queue q LEFT JOIN pgboss.job j ON j.name = q.name AND (j.state <= 'active' OR j.state = 'failed')
    GROUP BY q.name ORDER BY q.name`;
}

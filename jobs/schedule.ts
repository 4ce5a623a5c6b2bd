import cron from 'node-cron';
import type { App } from '../src/app.ts';
import { again } from './again.ts';
import { compose } from './compose.ts';
import { deliver } from './deliver.ts';
import { forget } from './forget.ts';
import { ingest } from './ingest.ts';
import type { Job } from './job.ts';
import { letters } from './letters.ts';
import { publish } from './publish.ts';
import { settle } from './settle.ts';
import { watch } from './watch.ts';

/**
 * The whole timetable, in UTC. A tick only queues a job, one per name at most; what is due the database decides. So a
 * missed, repeated or late tick changes nothing.
 */
const timetable = ({ config }: App): [Job, string][] => [
  [ingest, config.ingestCron],
  [publish, config.publishCron],
  [compose, '* * * * *'],
  [letters, '* * * * *'],
  [settle, '* * * * *'],
  [watch, '*/5 * * * *'],
  [forget, '7-57/10 * * * *'],
];

const jobs = [ingest, publish, again as Job, compose, deliver as Job, letters, settle, watch, forget];

/** Has this process take jobs from the queue. */
export async function startWorkers(app: App): Promise<void> {
  for (const { name, concurrency, run } of jobs)
    await app.queue.work(name, { concurrency }, async (data, signal) => {
      await run(app, data, signal);
    });
}

/** Winds up the clock; the function returned stops it. Many processes may have one each. */
export function startClock(app: App): () => void {
  const tasks = timetable(app).map(([{ name, daily }, line]) =>
    cron.schedule(
      line,
      () =>
        app.queue
          .send(name, {}, { key: name, daily })
          .catch((err) => app.log.error({ err, job: name }, 'tick failed')),
      { timezone: 'Etc/UTC', noOverlap: true, name },
    ),
  );
  return () => {
    for (const task of tasks) task.destroy();
  };
}

/**
 * What a start need not wait for the clock with: the sources only when they were not read for two hours, and no edition
 * before they were read at all.
 */
export async function catchUp({ db, queue, now }: App): Promise<void> {
  const last = await db.ingest.findFirst({ orderBy: { startedAt: 'desc' }, select: { startedAt: true } });
  const recent = last !== null && now().getTime() - last.startedAt.getTime() < 2 * 3_600_000;
  const due = [...(recent ? [] : [ingest]), ...(last ? [publish] : []), letters, settle, compose];
  for (const { name } of due) await queue.send(name, {}, { key: name });
}

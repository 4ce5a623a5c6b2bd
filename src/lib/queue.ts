import { fromPrisma, PgBoss } from 'pg-boss';
import type { Tx } from './db.ts';
import type { Logger } from './log.ts';

export type Queue = {
  /**
   * Queues a job; with `tx`, in the transaction that wrote the rows it speaks of. One job per `key` waits or runs; with
   * `daily`, one in a day of UTC, be it done or failed.
   */
  send: (
    name: string,
    data: object,
    options?: { tx?: Tx; key?: string; daily?: boolean | undefined },
  ) => Promise<void>;
  /** Queues many jobs in one statement, to be taken at once or so many seconds from now. */
  sendAll: (name: string, batch: object[], options?: { tx?: Tx; inSeconds?: number }) => Promise<void>;
  /** Whether a job of that name waits to be taken, now or later. */
  waits: (name: string) => Promise<boolean>;
  /** Has this process take jobs of that name, `concurrency` at a time. The signal fires when its lease ends or the queue stops. */
  work: <Data extends object>(
    name: string,
    options: { concurrency: number },
    handle: (data: Data, signal: AbortSignal) => Promise<void>,
  ) => Promise<void>;
  /** Stops taking jobs, fires the signal of those in flight and waits for them, `seconds` at most. */
  stop: (seconds: number) => Promise<void>;
};

/** A queue and how its jobs fare: seconds until a silent worker's job goes to another, and how often it is tried. */
export type QueueSpec = { name: string; expireInSeconds: number; retryLimit: number; one?: boolean };

/** A job that has ended is kept for so long; a daily one must be for its day. */
export const JOB_DAYS = 1;

const TELL_AGAIN_MS = 60_000;

/** pg-boss in the database that has the rows, so that a job and its rows are committed together or not at all. */
export async function openQueue({
  url,
  queues,
  log,
}: {
  url: string;
  queues: readonly QueueSpec[];
  log: Logger;
}): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    max: 4,
    schedule: false,
    application_name: 'paperboy-queue',
  });
  // Every worker of a queue says the same twice a second while the database is away.
  const told = new Set<string>();
  boss.on('error', (error) => {
    const what = error.message.replace(/ \(Queue: .*\)$/, '');
    if (told.has(what)) return;
    told.add(what);
    setTimeout(() => told.delete(what), TELL_AGAIN_MS).unref();
    // It is no Error, but has what one has.
    log.error({ err: error.stack ?? error.message }, 'queue error');
  });
  await boss.start();
  const present = new Set((await boss.getQueues()).map(({ name }) => name));
  for (const { name, one, ...options } of queues) {
    if (present.has(name)) continue;
    // "short" holds one waiting job per key; "standard" any number.
    await boss.createQueue(name, {
      policy: one ? 'short' : 'standard',
      retryBackoff: true,
      retryDelay: 2,
      deleteAfterSeconds: JOB_DAYS * 86_400,
      ...options,
    });
  }
  const stopping = new AbortController();
  return {
    send: async (name, data, { tx, key, daily } = {}) => {
      await boss.send(name, data, {
        ...(key ? { singletonKey: key } : {}),
        ...(daily ? { singletonSeconds: 86_400 } : {}),
        ...(tx ? { db: fromPrisma(tx) } : {}),
      });
    },
    sendAll: async (name, batch, { tx, inSeconds = 0 } = {}) => {
      await boss.insert(
        name,
        batch.map((data) => ({ data, ...(inSeconds > 0 ? { startAfter: Math.ceil(inSeconds) } : {}) })),
        tx ? { db: fromPrisma(tx) } : {},
      );
    },
    waits: async (name) => (await boss.findJobs(name, { queued: true, limit: 1 })).length > 0,
    work: async (name, { concurrency }, handle) => {
      const worker = await boss.work(
        name,
        { localConcurrency: concurrency, pollingIntervalSeconds: 0.5, batchSize: 1 },
        async ([job]) => {
          if (!job) return;
          try {
            await handle(job.data as never, AbortSignal.any([job.signal, stopping.signal]));
          } catch (err) {
            if (!stopping.signal.aborted) log.error({ err, job: name }, 'a job failed');
            throw err;
          }
          // Where there was one job there may be more: the next is taken at once, not when half a second is over.
          boss.notifyWorker(worker);
        },
      );
    },
    stop: (seconds) => {
      stopping.abort(new Error('the service is stopping'));
      return boss.stop({ graceful: true, timeout: seconds * 1000, close: true });
    },
  };
}

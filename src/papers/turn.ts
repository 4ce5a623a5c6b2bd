import type { App } from '../app.ts';
import { SourceError, type Wait } from './request.ts';

/** Longer than any single request may take: a process that died while asking holds up the others no longer. */
const LEASE_MS = 60_000;
const LONGEST_QUEUE = 300_000;

/**
 * Runs `request` when nobody else, on any machine, is asking that host or has done so within the last `gapMs`. The
 * turn is a row with a time, not a lock of the session: on the embedded database all connections are one session. The
 * machines' clocks are taken to agree, as NTP makes them.
 *
 * @throws SourceError when no turn came within five minutes; whatever `request` throws.
 */
export async function inTurn<T>(
  app: App,
  { host, gapMs, wait }: { host: string; gapMs: number; wait: Wait },
  request: () => Promise<T>,
): Promise<T> {
  const until = await take(app, { host, gapMs, wait });
  try {
    return await request();
  } finally {
    await pass(app, { host, gapMs, until });
  }
}

type Turn = { host: string; gapMs: number };

async function take({ db, now }: App, { host, gapMs, wait }: Turn & { wait: Wait }): Promise<Date> {
  const start = now().getTime();
  for (let waited = 0; waited <= LONGEST_QUEUE; ) {
    const at = new Date(Math.max(now().getTime(), start + waited));
    const until = new Date(at.getTime() + LEASE_MS);
    // A time later than any lease was written by a clock that was wrong.
    const taken = await db.$executeRaw`
      INSERT INTO turns (host, free_at) VALUES (${host}, ${until})
      ON CONFLICT (host) DO UPDATE SET free_at = excluded.free_at
      WHERE turns.free_at <= ${at} OR turns.free_at > ${until}`;
    if (taken) return until;
    const turn = await db.turn.findUnique({ where: { host } });
    const pause = Math.min(gapMs, Math.max(100, (turn?.freeAt.getTime() ?? 0) - at.getTime()));
    await wait(pause);
    waited += pause;
  }
  throw new SourceError(`Others have been asking ${host} for five minutes.`, { away: true });
}

/** Only the turn that we took: a process that slept past its lease takes nothing from the next. */
async function pass({ db, now }: App, { host, gapMs, until }: Turn & { until: Date }): Promise<void> {
  const started = until.getTime() - LEASE_MS;
  await db.turn.updateMany({
    where: { host, freeAt: until },
    data: { freeAt: new Date(Math.max(now().getTime(), started) + gapMs) },
  });
}

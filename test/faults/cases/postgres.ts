import { setTimeout as wait } from 'node:timers/promises';
import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openCluster } from '../cluster.ts';
import { openPeer, type Taken } from '../peer.ts';
import type { Service } from '../service.ts';
import { openWorld, until, type World } from '../world.ts';

const READERS = 3_000;
const POOL = 10;
/** Shares of the work at which the database goes away, and for how many seconds. */
const OUTAGES = [
  { at: 0.2, seconds: 5 },
  { at: 0.6, seconds: 0 },
];

/** The database is killed in the middle of sending, and comes back. */
export const postgres: Case = async ({ report }) => {
  await using cluster = await openCluster();
  await using peer = await openPeer({ latency: () => 40 });
  const smtp = `smtp://127.0.0.1:${peer.port}`;
  const settings = { SMTP_CONNECTIONS: String(POOL) };
  await using world = await openWorld({
    server: cluster.server,
    readers: READERS,
    speed: 20,
    smtp,
    settings,
  });
  const web = world.start({ name: 'web', env: { ROLE: 'web' } });
  const worker = world.start({ name: 'worker', entry: 'worker' });
  await Promise.all([web.up, worker.up]);
  const health = {
    before: await healthOf(web),
    away: { healthz: 0, readyz: 0 },
    after: { healthz: 0, readyz: 0 },
  };
  const recovered: number[] = [];
  for (const { at, seconds } of OUTAGES) {
    await until(world, 60, () => peer.taken.length >= at * READERS);
    cluster.stop();
    if (seconds > 0) {
      await wait(seconds * 500);
      health.away = await healthOf(web);
      await wait(seconds * 500);
    }
    cluster.start();
    const [back, before] = [Date.now(), peer.taken.length];
    // Those in flight may still arrive; more than a pool of them is new work.
    if (await until(world, 60, () => peer.taken.length > before + 2 * POOL))
      recovered.push(Date.now() - back);
  }
  await until(world, 120, world.done);
  health.after = await healthOf(web);
  const lived = web.end() === undefined && worker.end() === undefined;
  for (const service of [web, worker]) service.signal('SIGTERM');
  const ends = await Promise.all([web.ended, worker.ended]);

  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  const unrecorded = await takenButNotRecorded(world, peer.taken);
  report.figures({
    outages: OUTAGES.length,
    messages: peer.taken.length,
    repeats: repeats.length,
    'ms to sending again': recovered.join(' '),
  });
  report.promise(
    'it goes on by itself, in the same processes',
    lived && recovered.length === OUTAGES.length && ends.every(({ code }) => code === 0),
    { recovered, ends },
  );
  report.promise(
    'an outage repeats no more than what was in flight',
    repeats.length <= OUTAGES.length * POOL,
    { repeats: repeats.length },
  );
  report.promise('no mail leaves unrecorded', unrecorded === 0, { unrecorded });
  report.promise(
    '/healthz is 200 throughout, /readyz 503 while the database is away',
    [health.before, health.away, health.after].every(({ healthz }) => healthz === 200) &&
      health.before.readyz === 200 &&
      health.away.readyz === 503 &&
      health.after.readyz === 200,
    health,
  );
};

async function healthOf(web: Service): Promise<{ healthz: number; readyz: number }> {
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${web.port()}${path}`, {
      signal: AbortSignal.timeout(10_000),
    });
    return answer.status;
  };
  return { healthz: await ask('/healthz'), readyz: await ask('/readyz') };
}

/** Messages that the ledger does not know an attempt for. */
async function takenButNotRecorded({ app: { db } }: World, taken: readonly Taken[]): Promise<number> {
  const copies = Map.groupBy(taken, ({ messageId }) => messageId);
  const rows = await db.delivery.findMany({ select: { id: true, attempts: true } });
  const attempts = new Map(rows.map((row) => [`<${row.id}@paperboy.test>`, row.attempts]));
  return [...copies].filter(([id, of]) => of.length > (attempts.get(id) ?? 0)).length;
}

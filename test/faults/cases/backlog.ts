import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { openWorld, until } from '../world.ts';

const READERS = 3_000;
/** Deliveries in a job. */
const BATCH = 50;
const SECONDS = 35;

/** A server so slow, twenty messages a minute, that most digests wait longer than what is lost is given to be found. */
export const backlog: Case = async ({ server, report }) => {
  const speed = 60;
  await using peer = await openPeer({ perSecond: 20 });
  await using world = await openWorld({
    server,
    readers: READERS,
    speed,
    smtp: `smtp://127.0.0.1:${peer.port}`,
  });
  const service = world.start({ name: 'worker', entry: 'worker' });
  await until(world, 30, () => peer.taken.length > 0);
  await until(world, SECONDS, () => false);
  const { open } = await world.accounts();
  const [jobs] = await world.app.db.$queryRaw<{ waiting: number }[]>`
    SELECT count(*)::int AS waiting FROM pgboss.job WHERE name = 'deliver' AND state IN ('created', 'retry')`;
  service.signal('SIGTERM');
  await service.ended;

  const ids = new Set(peer.taken.map(({ messageId }) => messageId));
  const waiting = jobs?.waiting ?? 0;
  report.figures({
    minutes: Math.round((SECONDS * speed) / 60),
    sent: ids.size,
    waiting: open,
    'jobs waiting': waiting,
  });
  report.promise(
    'a queue that lasts for long does not fill with repeats: twice the jobs that it needs at the most',
    waiting <= (2 * READERS) / BATCH,
    { waiting, needed: Math.ceil(open / BATCH) },
  );
  report.promise('nothing is repeated', ids.size === peer.taken.length, {
    ids: ids.size,
    taken: peer.taken.length,
  });
};

import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { openWorld, until } from '../world.ts';

const READERS = 3_000;
const POOL = 10;
const SPEED = 20;
/** Longer than a lease of ten minutes lasts at that speed. */
const FROZEN_MS = (10 * 60_000) / SPEED + 5_000;

/** A process stops in the middle of sending, long enough to be taken for dead, and wakes up again (SIGSTOP, SIGCONT). */
export const frozen: Case = async ({ server, report }) => {
  await using peer = await openPeer({ latency: () => 60 });
  const smtp = `smtp://127.0.0.1:${peer.port}`;
  const settings = { SMTP_CONNECTIONS: String(POOL) };
  await using world = await openWorld({ server, readers: READERS, speed: SPEED, smtp, settings });
  const [sleeper, other] = ['sleeper', 'other'].map((name) =>
    world.start({ name, entry: 'worker', env: { SMTP_URL: `${smtp}?name=${name}` } }),
  );
  await until(world, 60, () => peer.taken.filter(({ client }) => client === 'sleeper').length > 100);
  sleeper?.signal('SIGSTOP');
  const slept = Date.now();
  await until(world, FROZEN_MS / 1000, () => false);
  const orphaned = (await world.accounts()).count('sending');
  sleeper?.signal('SIGCONT');
  const awake = Date.now();
  await until(world, 120, world.done);
  for (const service of [sleeper, other]) service?.signal('SIGTERM');
  await Promise.all([sleeper?.ended, other?.ended]);

  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  const late = peer.taken.filter(({ client, at }) => client === 'sleeper' && at >= awake);
  report.figures({
    'seconds asleep': Math.round((awake - slept) / 1000),
    'sending at the awakening': orphaned,
    'sent by the sleeper after it': late.length,
    messages: peer.taken.length,
    repeats: repeats.length,
  });
  report.promise(
    `who was taken for dead repeats no more than the ${POOL} messages in its hands`,
    repeats.length <= POOL,
    repeats.length,
  );
};

import { setTimeout as wait } from 'node:timers/promises';
import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { seeded } from '../random.ts';
import type { Report } from '../report.ts';
import { openWorld, until } from '../world.ts';

const READERS = 3_000;
/** Seconds for what is in flight; it is 30 that the service allows itself. */
const DEADLINE = 35;

/** A process is asked to end in the middle of sending, as at every deployment. */
export const drain: Case = async (faults) => {
  await Promise.all([handedOn(faults), stalled(faults)]);
};

/** Three processes one after the other do the day's work, on the real clock: nothing waits for a lease to end. */
async function handedOn({ server, seed, report }: Parameters<Case>[0]): Promise<void> {
  const random = seeded(seed);
  await using peer = await openPeer({ latency: () => 40 });
  await using world = await openWorld({ server, readers: READERS, smtp: `smtp://127.0.0.1:${peer.port}` });
  const exits: { code: number | null; ms: number; sending: number }[] = [];
  for (const share of [0.3, 0.6, 1]) {
    const service = world.start({ name: `until-${share}` });
    await until(world, 90, share === 1 ? world.done : () => peer.taken.length >= share * READERS);
    await wait(random() * 100);
    const asked = Date.now();
    service.signal('SIGTERM');
    const { code } = await service.ended;
    exits.push({ code, ms: Date.now() - asked, sending: (await world.accounts()).count('sending') });
  }
  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  report.figures({
    messages: peer.taken.length,
    repeats: repeats.length,
    'ms from SIGTERM to the end': exits.map(({ ms }) => ms).join(' '),
  });
  const well = exits.every(({ code, ms, sending }) => code === 0 && ms < 10_000 && sending === 0);
  report.promise(
    'a process asked to end finishes what is in flight, lets go of the rest and exits 0',
    well,
    exits,
  );
  report.promise('nothing is repeated', repeats.length === 0, repeats[0]);
}

/** The server says nothing any more: the process ends all the same. */
async function stalled({ server, report }: { server: string; report: Report }): Promise<void> {
  await using peer = await openPeer({ script: ({ stage }) => (stage === 'dot' ? 'stall' : undefined) });
  await using world = await openWorld({ server, readers: 100, smtp: `smtp://127.0.0.1:${peer.port}` });
  const service = world.start({ name: 'stalled' });
  const stuck = await until(world, 30, () => (peer.visits.get('dot') ?? 0) > 0);
  const asked = Date.now();
  service.signal('SIGTERM');
  const end = await Promise.race([service.ended, wait(DEADLINE * 1000, null)]);
  report.figures({ 'ms from SIGTERM to the end with a server that is stuck': Date.now() - asked });
  report.promise(`a stuck server does not keep a process for ${DEADLINE} s`, stuck && end?.code === 0, end);
}

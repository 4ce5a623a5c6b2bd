import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { openWorld, until } from '../world.ts';

const READERS = 5_000;
const WARM_UP = 15;
const SECONDS = 60;

/** The server takes one message a second, and the queue is long. */
export const memory: Case = async ({ server, report }) => {
  await using peer = await openPeer({ perSecond: 1 });
  await using world = await openWorld({ server, readers: READERS, smtp: `smtp://127.0.0.1:${peer.port}` });
  const service = world.start({ name: 'worker' });
  await until(world, 60, () => peer.taken.length > 0);
  const samples: number[] = [];
  for (let second = 0; second < WARM_UP + SECONDS; second++) {
    await wait(1000);
    if (second >= WARM_UP) samples.push(residentMegabytes(service.pid));
  }
  const { open, eligible } = await world.accounts();
  const ids = new Set(peer.taken.map(({ messageId }) => messageId));
  const before = Math.max(...samples.slice(0, SECONDS / 2));
  const after = Math.max(...samples.slice(SECONDS / 2));
  report.figures({
    queued: open,
    sent: ids.size,
    'MB least': Math.round(Math.min(...samples)),
    'MB most': Math.round(Math.max(...samples)),
    'MB most in the first half': Math.round(before),
    'in the second': Math.round(after),
  });
  report.promise('memory does not grow while the queue waits', after < before * 1.1, samples.map(Math.round));
  report.promise(
    'the queue is in the database',
    eligible === READERS && open >= READERS - WARM_UP - SECONDS - 10,
    { open, eligible },
  );
  report.promise('nothing is repeated', ids.size === peer.taken.length, {
    ids: ids.size,
    taken: peer.taken.length,
  });
};

/** The resident set (proc(5)). */
function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { compose } from '../../../src/digests/compose.ts';
import type { Case } from '../case.ts';
import { openSink } from '../peers.ts';
import { openWorld, type World } from '../world.ts';

/** Ten times the readers: how much longer it takes, and how much more memory the worker holds at most. */
export const growth: Case = async ({ server, quick }) => {
  const [few, many] = quick ? [500, 5_000] : [10_000, 100_000];
  await using sink = await openSink();
  await using world = await openWorld({ server, smtp: sink.url });
  const worker = world.start({ name: 'worker' });
  await worker.up;
  const run = async (readers: number) => {
    await world.readers(readers);
    await world.forget();
    const memory = watch(worker.pid);
    const began = performance.now();
    await compose(world.app);
    await settled(world);
    return { seconds: (performance.now() - began) / 1000, megabytes: memory.most() };
  };
  await run(few);
  const less = await run(few);
  const more = await run(many);
  const what = `${few.toLocaleString('en')} → ${many.toLocaleString('en')} readers`;
  return [
    {
      id: 'growth-time',
      what: `${what}: time`,
      value: more.seconds,
      unit: 's',
      ratio: {
        to: `the time of the fewer (${less.seconds.toPrecision(3)} s)`,
        value: more.seconds / less.seconds,
        better: 'less',
        goal: 11,
      },
    },
    {
      id: 'growth-memory',
      what: `${what}: resident memory of the worker`,
      value: more.megabytes,
      unit: 'MB',
      ratio: {
        to: `that of the fewer (${less.megabytes.toFixed(0)} MB)`,
        value: more.megabytes / less.megabytes,
        better: 'less',
        goal: 1.1,
      },
    },
    {
      id: 'memory',
      what: 'resident memory at most',
      value: more.megabytes,
      unit: 'MB',
      ratio: { to: '200 MB', value: more.megabytes / 200, better: 'less', goal: 1 },
    },
  ];
};

export async function settled({ app: { db } }: World): Promise<void> {
  while (
    await db.delivery.findFirst({ where: { status: { in: ['queued', 'sending'] } }, select: { id: true } })
  )
    await wait(20);
}

/** The most that a process holds resident (proc(5)), from now on. */
function watch(pid: number): { most: () => number } {
  let most = 0;
  const look = () => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    most = Math.max(most, Number(kilobytes) / 1024);
  };
  const timer = setInterval(look, 250);
  return {
    most: () => {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

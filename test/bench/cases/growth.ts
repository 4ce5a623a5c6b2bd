import { compose } from '../../../src/digests/compose.ts';
import type { Case } from '../case.ts';
import { watchMemory } from '../memory.ts';
import { openSink } from '../peers.ts';
import { forget, settled } from '../serve.ts';
import { openWorld } from '../world.ts';

/** Ten times the readers: how much longer it takes, and how much more memory the worker holds at most. */
export const growth: Case = async ({ server, quick }) => {
  const [few, many] = quick ? [500, 5_000] : [10_000, 100_000];
  await using sink = await openSink();
  await using world = await openWorld({ server, smtp: sink.url });
  // Whoever starts first of all strips types, and holds what does that until it ends (docs/speed.md).
  const first = world.start({ name: 'first' });
  await first.up;
  first.signal('SIGTERM');
  await first.ended;
  const worker = world.start({ name: 'worker' });
  await worker.up;
  const run = async (readers: number) => {
    await world.readers(readers);
    await forget(world.app);
    const memory = watchMemory(worker.pid);
    const began = performance.now();
    await compose(world.app);
    await settled(world.app);
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

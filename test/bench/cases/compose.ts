import { compose as composeDigests } from '../../../src/digests/compose.ts';
import type { Case, Line } from '../case.ts';
import { forget } from '../serve.ts';
import { openWorld } from '../world.ts';

/** All readers due at once: their deliveries written and queued; and what the minutes after cost, in which nobody is. */
export const compose: Case = async ({ server, quick }) => {
  await using world = await openWorld({ server });
  const lines: Line[] = [];
  let first: number | undefined;
  let last = 0;
  for (const readers of quick ? [5_000, 50_000] : [10_000, 100_000, 1_000_000]) {
    await world.readers(readers, { topics: false });
    // The best of some, which a busy machine moves least; of a million one is enough.
    const took: number[] = [];
    for (let round = 0; round < (readers > 100_000 ? 1 : 3); round++) {
      await forget(world.app);
      const began = performance.now();
      const { composed } = await composeDigests(world.app);
      if (composed !== readers) throw new Error(`${composed} of ${readers} readers were composed.`);
      took.push((performance.now() - began) / 1000);
    }
    const seconds = Math.min(...took);
    first ??= seconds / readers;
    last = seconds;
    lines.push({
      id: `compose-${readers}`,
      what: `compose, ${readers.toLocaleString('en')} due`,
      value: seconds,
      unit: 's',
      ratio:
        readers === 1_000_000
          ? { to: 'a minute', value: seconds / 60, better: 'less', goal: 1 }
          : { to: 'the smallest, a reader', value: seconds / readers / first, better: 'less', goal: 1.1 },
    });
  }
  const looks: number[] = [];
  for (let minute = 1; minute < 10; minute++) {
    const began = performance.now();
    const { composed } = await composeDigests(world.app);
    if (composed > 0) throw new Error(`${composed} readers were due twice.`);
    looks.push((performance.now() - began) / 1000);
  }
  const look = Math.min(...looks);
  lines.push({
    id: 'compose-hour',
    what: 'a minute in which none of them is due',
    value: look * 1000,
    unit: 'ms',
    ratio: {
      to: 'composing, an hour of minutes',
      value: (last + 59 * look) / last,
      better: 'less',
      goal: 1.1,
    },
  });
  return lines;
};

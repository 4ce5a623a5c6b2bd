import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../demo/ports.ts';
import type { Case } from '../case.ts';
import { openSink } from '../peers.ts';
import { openWorld } from '../world.ts';

/** The embedded database: all in one process, from compose to the ledger, and a start on data that is there. */
export const embedded: Case = async ({ quick }) => {
  const readers = quick ? 1_000 : 5_000;
  await using sink = await openSink();
  await using world = await openWorld({ server: null, smtp: sink.url });
  await world.readers(readers);
  const env = { ROLE: 'all', PORT: String((await freePort(0)).port) };
  // The data folder is one process's at a time, so the service composes by its own clock.
  await world.app.close();
  const began = performance.now();
  const service = world.start({ name: 'service', env });
  await answered(Number(env.PORT));
  const started = (performance.now() - began) / 1000;
  const before = await sink.taken();
  const first = performance.now();
  let taken = 0;
  let last = first;
  while (performance.now() < last + 3000) {
    await wait(50);
    const now = (await sink.taken()) - before;
    if (now > taken) last = performance.now();
    taken = now;
  }
  service.signal('SIGTERM');
  await service.ended;
  return [
    {
      id: 'start',
      what: 'the service starts on an embedded database that is there, to its first answer',
      value: started,
      unit: 's',
      ratio: { to: '2 s', value: started / 2, better: 'less', goal: 1 },
    },
    {
      id: 'embedded',
      what: `embedded, ${readers.toLocaleString('en')} readers, all in one process`,
      value: taken / ((last - first) / 1000),
      unit: 'digests/s',
    },
  ];
};

async function answered(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (response?.ok) return;
    await wait(10);
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../demo/ports.ts';
import { createApp } from '../../../src/app.ts';
import { silent } from '../../../src/lib/log.ts';
import type { Case } from '../case.ts';
import { watchMemory } from '../memory.ts';
import { openSender, openSink } from '../peers.ts';
import { median, ratioOf, rounds } from '../rounds.ts';
import { serve } from '../serve.ts';
import { openWorld } from '../world.ts';

/** The embedded database, all in one process: a start on data that is there, and from compose to the ledger. */
export const embedded: Case = async ({ quick }) => {
  const readers = quick ? 500 : 3_000;
  await using sink = await openSink();
  await using world = await openWorld({ server: null, smtp: sink.url });
  await world.readers(readers);
  const port = (await freePort(0)).port;
  // The data folder is one process's at a time; whoever comes later speaks through that one's socket.
  await world.app.close();
  const began = performance.now();
  const service = world.start({ name: 'service', env: { ROLE: 'all', PORT: String(port) } });
  await answered(port);
  const started = (performance.now() - began) / 1000;
  await service.up;
  const app = await createApp(world.app.config, { log: silent });
  await using raw = await openSender('raw', sink.url);
  await using composed = await openSender('composed', sink.url);
  const send = (sender: typeof raw, count: number) => async () => {
    const began = performance.now();
    await sender.send(count);
    return count / ((performance.now() - began) / 1000);
  };
  const memory = watchMemory(service.pid);
  await serve(app);
  const measured = await rounds(quick ? 2 : 3, {
    ours: () => serve(app),
    raw: send(raw, readers),
    composed: send(composed, readers / 8),
  });
  const megabytes = memory.most();
  await app.close();
  service.signal('SIGTERM');
  await service.ended;
  const figures = {
    what: `embedded, ${readers.toLocaleString('en')} readers, all in one process`,
    value: median(measured.ours),
    unit: 'digests/s',
  };
  return [
    {
      id: 'start',
      what: 'the service starts on an embedded database that is there, to its first answer',
      value: started,
      unit: 's',
      ratio: { to: '2 s', value: started / 2, better: 'less', goal: 1 },
    },
    {
      id: 'embedded-raw',
      ...figures,
      ratio: {
        to: `nodemailer raw (${median(measured.raw).toFixed(0)}/s)`,
        value: ratioOf(measured.ours, measured.raw),
        better: 'more',
      },
    },
    {
      id: 'embedded-composed',
      ...figures,
      ratio: {
        to: `template + nodemailer html+text (${median(measured.composed).toFixed(0)}/s)`,
        value: ratioOf(measured.ours, measured.composed),
        better: 'more',
      },
    },
    { id: 'embedded-memory', what: 'resident memory of that process', value: megabytes, unit: 'MB' },
  ];
};

async function answered(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (response?.ok) return;
    await wait(10);
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import { compose } from '../../../src/digests/compose.ts';
import type { Bench, Case, Line } from '../case.ts';
import { openSender, openSink } from '../peers.ts';
import { median, ratioOf, rounds } from '../rounds.ts';
import { openWorld, type World } from '../world.ts';

/** Readers served a second, from compose to the last line of the ledger, against nodemailer on the same sink. */
export const endToEnd: Case = async (bench) => {
  const lines: Line[] = [];
  for (const workers of [1, 2]) lines.push(...(await withWorkers(bench, workers)));
  return lines;
};

async function withWorkers({ server, quick }: Bench, workers: number): Promise<Line[]> {
  const readers = quick ? 1_000 : 6_000;
  await using sink = await openSink();
  await using world = await openWorld({ server, smtp: sink.url });
  await world.readers(readers);
  const started = Array.from({ length: workers }, (_, n) => world.start({ name: `worker-${n + 1}` }));
  await Promise.all(started.map(({ up }) => up));
  // Those who are not measured keep still.
  const wake = (awake: boolean) => {
    for (const service of started) service.signal(awake ? 'SIGCONT' : 'SIGSTOP');
  };
  const raw = await Promise.all(started.map(() => openSender('raw', sink.url)));
  const composed = await Promise.all(started.map(() => openSender('composed', sink.url)));
  const yardstick = (senders: typeof raw, count: number) =>
    perSecond(count, async () => {
      await Promise.all(senders.map(({ send }) => send(Math.ceil(count / workers))));
    });
  const ours = async () => {
    wake(true);
    const rate = await serve(world);
    wake(false);
    return rate;
  };
  await ours();
  const measured = await rounds(quick ? 2 : 5, {
    ours,
    raw: () => yardstick(raw, readers),
    composed: () => yardstick(composed, readers / 4),
  });
  wake(true);
  for (const sender of [...raw, ...composed]) await sender[Symbol.asyncDispose]();
  const figures = { value: median(measured.ours), unit: 'digests/s' };
  const what = `end to end, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return [
    {
      id: `end-to-end-${workers}-raw`,
      what,
      ...figures,
      ratio: {
        to: `nodemailer raw (${median(measured.raw).toFixed(0)}/s)`,
        value: ratioOf(measured.ours, measured.raw),
        better: 'more',
        goal: 0.8,
      },
    },
    {
      id: `end-to-end-${workers}-composed`,
      what,
      ...figures,
      ratio: {
        to: `template + nodemailer html+text (${median(measured.composed).toFixed(0)}/s)`,
        value: ratioOf(measured.ours, measured.composed),
        better: 'more',
        goal: 3,
      },
    },
  ];
}

/** Digests sent a second; readers without a paper on their topics get none. */
async function serve({ app, forget }: World): Promise<number> {
  await forget();
  const began = performance.now();
  await compose(app);
  while (
    await app.db.delivery.findFirst({
      where: { status: { in: ['queued', 'sending'] } },
      select: { id: true },
    })
  )
    await wait(20);
  const took = performance.now() - began;
  return (await app.db.delivery.count({ where: { status: 'sent' } })) / (took / 1000);
}

async function perSecond(count: number, run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return count / ((performance.now() - began) / 1000);
}

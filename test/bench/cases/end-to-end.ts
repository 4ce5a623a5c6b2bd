import type { App } from '../../../src/app.ts';
import type { Case, Line } from '../case.ts';
import { openSender, openSink, type Sender } from '../peers.ts';
import { median, type Rounds, ratioOf, rounds } from '../rounds.ts';
import { forget, serve } from '../serve.ts';
import { openWorld } from '../world.ts';

const MOST_WORKERS = 4;

/**
 * Readers served a second, from compose to the last line of the ledger, by one worker, two and four; against nodemailer
 * on the same sink, in as many processes.
 */
export const endToEnd: Case = async ({ server, quick }) => {
  // Enough of them that half a second until a worker that has nothing to do looks for work hardly counts.
  const readers = quick ? 1_500 : 20_000;
  await using sink = await openSink();
  await using world = await openWorld({ server, smtp: sink.url });
  await world.readers(readers);
  const { app } = world;
  const workers = Array.from({ length: MOST_WORKERS }, (_, n) => world.start({ name: `worker-${n + 1}` }));
  await Promise.all(workers.map(({ up }) => up));
  // Those who are not measured keep still.
  const awake = (count: number) => {
    for (const [n, worker] of workers.entries()) worker.signal(n < count ? 'SIGCONT' : 'SIGSTOP');
  };
  const ours = (count: number) => async () => {
    awake(count);
    const rate = await serve(app);
    awake(0);
    return rate;
  };
  const pair = (kind: 'raw' | 'composed') =>
    Promise.all([openSender(kind, sink.url), openSender(kind, sink.url)]);
  const [raw, composed] = [await pair('raw'), await pair('composed')];
  await ours(MOST_WORKERS)();
  const measured = await rounds(quick ? 2 : 4, {
    ours1: ours(1),
    raw1: () => sendAll(raw.slice(0, 1), readers),
    composed1: () => sendAll(composed.slice(0, 1), readers / 8),
    ours2: ours(2),
    raw2: () => sendAll(raw, readers),
    composed2: () => sendAll(composed, readers / 8),
    ours4: ours(4),
  });
  awake(MOST_WORKERS);
  const transactions = await transactionsOf(app);
  for (const sender of [...raw, ...composed]) await sender[Symbol.asyncDispose]();
  return [
    ...besideNodemailer(1, measured.ours1, { raw: measured.raw1, composed: measured.composed1 }),
    ...besideNodemailer(2, measured.ours2, { raw: measured.raw2, composed: measured.composed2 }),
    besideOne(2, measured, 1.3),
    besideOne(4, measured),
    {
      id: 'transactions',
      what: 'writing transactions for a reader, from compose to the ledger',
      value: transactions / readers,
      unit: '',
      ratio: { to: 'one', value: transactions / readers, better: 'less' },
    },
  ];
};

async function sendAll(senders: Sender[], count: number): Promise<number> {
  const began = performance.now();
  await Promise.all(senders.map(({ send }) => send(Math.ceil(count / senders.length))));
  return count / ((performance.now() - began) / 1000);
}

function besideNodemailer(
  workers: number,
  ours: number[],
  { raw, composed }: Record<'raw' | 'composed', number[]>,
): Line[] {
  const line = (kind: string, to: string, yardstick: number[], goal: number): Line => ({
    id: `end-to-end-${workers}-${kind}`,
    what: `end to end, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    value: median(ours),
    unit: 'digests/s',
    ratio: {
      to: `${to} (${median(yardstick).toFixed(0)}/s)`,
      value: ratioOf(ours, yardstick),
      better: 'more',
      goal,
    },
  });
  return [
    line('raw', 'nodemailer raw', raw, 0.8),
    line('composed', 'template + nodemailer html+text', composed, 3),
  ];
}

const besideOne = (workers: 2 | 4, measured: Rounds<'ours1' | 'ours2' | 'ours4'>, goal?: number): Line => ({
  id: `workers-${workers}`,
  what: `${workers} workers`,
  value: median(measured[`ours${workers}`]),
  unit: 'digests/s',
  ratio: {
    to: `one worker (${median(measured.ours1).toFixed(0)}/s)`,
    value: ratioOf(measured[`ours${workers}`], measured.ours1),
    better: 'more',
    ...(goal === undefined ? {} : { goal }),
  },
});

/** How many numbers the server's transactions drew meanwhile; those that only read draw none. */
async function transactionsOf(app: App): Promise<number> {
  const drawn = async () => {
    const [row] = await app.db.$queryRaw<[{ n: number }]>`SELECT pg_current_xact_id()::text::float AS n`;
    return row.n;
  };
  await forget(app);
  const before = await drawn();
  await serve(app);
  return (await drawn()) - before;
}

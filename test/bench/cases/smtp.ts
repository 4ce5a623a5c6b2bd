import type { Case } from '../case.ts';
import { openSender, openSink } from '../peers.ts';
import { median, ratioOf, rounds } from '../rounds.ts';

/** What it costs to hand a message over that is there already, against nodemailer's pool: CPU, which load does not change. */
export const smtp: Case = async ({ quick }) => {
  const count = quick ? 1_000 : 2_000;
  await using sink = await openSink();
  await using mailer = await openSender('mailer', sink.url);
  await using raw = await openSender('raw', sink.url);
  for (const { send } of [mailer, raw]) await send(count);
  const measured = await rounds(quick ? 3 : 7, {
    ours: () => mailer.send(count),
    raw: () => raw.send(count),
  });
  return [
    {
      id: 'smtp',
      what: 'a message handed to the mail server',
      value: median(measured.ours),
      unit: 'ms CPU',
      ratio: {
        to: `nodemailer raw (${median(measured.raw).toPrecision(2)} ms)`,
        value: ratioOf(measured.raw, measured.ours),
        better: 'more',
        goal: 4,
      },
    },
  ];
};

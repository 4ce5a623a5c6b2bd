import MailComposer from 'nodemailer/lib/mail-composer';
import { digestMessage } from '../../../src/delivery/message.ts';
import { encodeDigest, renderDigest } from '../../../src/digests/render.ts';
import type { Case } from '../case.ts';
import { median, millisecondsOf, ratioOf, rounds } from '../rounds.ts';
import { digestOf, envelopeOf, linksOf } from '../samples.ts';

/** A reader's message from the choice of papers on, against what nodemailer's composer needs for html and text alone. */
export const assembly: Case = async ({ quick }) => {
  const digest = digestOf(13);
  const rendered = await renderDigest(digest, { links: linksOf(1) });
  const { to, from, date } = envelopeOf(1);
  let n = 0;
  const measured = await rounds(quick ? 3 : 7, {
    ours: () =>
      millisecondsOf(async () => {
        n += 1;
        digestMessage({ ...envelopeOf(n), encoded: await encodeDigest(digest, { links: linksOf(n) }) });
      }),
    composer: () => millisecondsOf(() => new MailComposer({ from, to, date, ...rendered }).compile().build()),
  });
  return [
    {
      id: 'assembly',
      what: 'a digest rendered and made a message',
      value: median(measured.ours),
      unit: 'ms',
      ratio: {
        to: `nodemailer's composer (${median(measured.composer).toPrecision(3)} ms)`,
        value: ratioOf(measured.composer, measured.ours),
        better: 'more',
      },
    },
  ];
};

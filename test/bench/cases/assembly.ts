import MailComposer from 'nodemailer/lib/mail-composer';
import { digestMessage } from '../../../src/delivery/message.ts';
import { encodeDigest, renderDigest } from '../../../src/digests/render.ts';
import { layOut } from '../../../src/lib/pieces.ts';
import type { Case } from '../case.ts';
import { median, millisecondsOf, ratioOf, rounds } from '../rounds.ts';
import { digestOf, envelopeOf, linksOf } from '../samples.ts';

/** A reader's message from the choice of papers on, down to its bytes on a sheet that the next one uses too, against what nodemailer's composer needs for html and text alone. */
export const assembly: Case = async ({ quick }) => {
  const digest = digestOf(13);
  const rendered = await renderDigest(digest, { links: linksOf(1) });
  const { to, from, date } = envelopeOf(1);
  const sheet = Buffer.alloc(128 * 1024);
  let n = 0;
  const measured = await rounds(quick ? 3 : 7, {
    ours: () =>
      millisecondsOf(async () => {
        n += 1;
        const encoded = await encodeDigest(digest, { links: linksOf(n) });
        layOut(digestMessage({ ...envelopeOf(n), encoded }).raw, sheet);
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

import MailComposer from 'nodemailer/lib/mail-composer';
import { digestMessage } from '../../../src/delivery/message.ts';
import { renderDigest } from '../../../src/digests/render.ts';
import type { Case } from '../case.ts';
import { median, millisecondsOf, ratioOf, rounds } from '../rounds.ts';
import { digestOf, envelopeOf, linksOf } from '../samples.ts';

/** A message of a digest that is rendered already, against what nodemailer's composer makes of its html and text. */
export const assembly: Case = async ({ quick }) => {
  const rendered = await renderDigest(digestOf(13), { links: linksOf(1) });
  const { to, from, date } = envelopeOf(1);
  const measured = await rounds(quick ? 3 : 7, {
    ours: () => millisecondsOf(() => digestMessage({ ...envelopeOf(1), rendered })),
    composer: () => millisecondsOf(() => new MailComposer({ from, to, date, ...rendered }).compile().build()),
  });
  return [
    {
      id: 'assembly',
      what: 'a message made of a rendered digest',
      value: median(measured.ours),
      unit: 'ms',
      ratio: {
        to: "nodemailer's composer",
        value: ratioOf(measured.composer, measured.ours),
        better: 'more',
      },
    },
  ];
};

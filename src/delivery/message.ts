import { domainToASCII } from 'node:url';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { LetterKind } from '../digests/letters.ts';
import { inert } from '../digests/plain.ts';
import { dayOf } from '../lib/day.ts';
import type { Outgoing } from '../lib/smtp.ts';

export type Message = {
  /** The delivery's or the letter's id. The same input gives the same bytes, so that a repeat is the same message. */
  id: string;
  /** An ASCII address. */
  to: string;
  date: Date;
  from: { name: string; address: string };
  /** Where answers to this message go. */
  links: ReturnLinks;
  rendered: { subject: string; html: string; text: string };
};

export type ReturnLinks = {
  /** The https address where a POST unsubscribes (RFC 8058). */
  oneClick: string;
  /** Where mail to `unsubscribe+TOKEN@…` and `bounce+TOKEN@…` arrives. */
  domain: string;
  /** 52 characters of A–Z, a–z, 0–9, - and _ at the most. */
  tokens: { unsubscribe: string; bounce: string };
};

/**
 * A digest as it travels: RFC 5322 bytes with the headers of a mailing list that can be left with one click
 * (RFC 2369, 2919, 8058), in an envelope whose bounces name the delivery.
 *
 * @throws TypeError when an id, token or address could not stand in a header as it is.
 */
export function digestMessage(message: Message): Promise<Outgoing> {
  const domain = domainOf(message.from.address);
  return compose(message, {
    'List-Id': `<digest.${domain}>`,
    ...leaving(message.links),
    Precedence: 'bulk',
    'Feedback-ID': `${dayOf(message.date)}:digest:paperboy`,
  });
}

/** A letter as it travels. Who is on no list yet, or no more, is offered no way to leave one. */
export function letterMessage(message: Message & { kind: LetterKind }): Promise<Outgoing> {
  const { kind, links } = message;
  return compose(message, kind === 'confirm' || kind === 'goodbye' ? {} : leaving(links));
}

function leaving({ oneClick, domain, tokens }: ReturnLinks) {
  const mailto = `mailto:unsubscribe+${plain(tokens.unsubscribe)}@${domainOf(domain)}?subject=unsubscribe`;
  return {
    'List-Unsubscribe': `<${webUrl(oneClick)}>,\r\n <${mailto}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

async function compose(
  { id, to, date, from, links, rendered }: Message,
  headers: Record<string, string>,
): Promise<Outgoing> {
  const domain = domainOf(from.address);
  const sender = `${from.address.slice(0, from.address.lastIndexOf('@'))}@${domain}`;
  const node = new MailComposer({
    from: { name: inert(from.name), address: ascii(sender) },
    to: { name: '', address: ascii(to) },
    subject: inert(rendered.subject),
    date,
    messageId: `<${plain(id)}@${domain}>`,
    headers: Object.entries({
      ...headers,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
    }).map(([key, value]) => ({ key, value: { value, prepared: true } })),
    text: quotedPrintable(rendered.text),
    html: quotedPrintable(rendered.html),
    boundaryPrefix: 'paperboy',
    baseBoundary: id,
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const returnPath = `bounce+${plain(links.tokens.bounce)}@${domainOf(links.domain)}`;
  return { from: returnPath, to, raw: await node.build() };
}

const quotedPrintable = (text: string) => ({
  // A lone CR would travel as it is.
  content: text.replace(/\r\n?/g, '\n'),
  contentTransferEncoding: 'quoted-printable',
});

/** In A-labels, for headers and envelopes are ASCII (RFC 5890). */
function domainOf(address: string): string {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  if (domain === '') throw new TypeError('An address without a valid domain.');
  return domain;
}

function plain(word: string): string {
  if (!/^[\w-]{1,52}$/.test(word)) throw new TypeError('An id or token that cannot stand in an address.');
  return word;
}

function ascii(address: string): string {
  if (!/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(address)) throw new TypeError('Not an ASCII address.');
  return address;
}

function webUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('Not a web address.');
  return url.href;
}

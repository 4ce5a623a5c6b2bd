import { domainToASCII } from 'node:url';
import { encodeWord, encodeWords, foldLines, quoteString } from 'nodemailer/lib/mime-funcs';
import { inert } from '../digests/plain.ts';
import type { LetterKind } from '../generated/enums.ts';
import { dayOf } from '../lib/day.ts';
import { remembered } from '../lib/memo.ts';
import type { Pieces } from '../lib/pieces.ts';
import type { Outgoing } from '../lib/smtp/smtp.ts';

export type Message = {
  /** The delivery's or the letter's id. The same input gives the same bytes, so that a repeat is the same message. */
  id: string;
  /** An ASCII address. */
  to: string;
  date: Date;
  from: { name: string; address: string };
  /** Where answers to this message go. */
  links: ReturnLinks;
  encoded: { subject: string; html: Pieces; text: Pieces };
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
 * A digest as it travels: RFC 5322 text with the headers of a mailing list that can be left with one click
 * (RFC 2369, 2919, 8058), in an envelope whose bounces name the delivery.
 *
 * @throws TypeError when an id, token or address could not stand in a header as it is.
 */
export function digestMessage(message: Message): Outgoing {
  const domain = domainOf(message.from.address);
  return compose(message, [
    `List-ID: <digest.${domain}>`,
    ...leaving(message.links),
    'Precedence: bulk',
    `Feedback-ID: ${dayOf(message.date)}:digest:paperboy`,
  ]);
}

/** A letter as it travels. Who is on no list yet, or no more, is offered no way to leave one. */
export function letterMessage(message: Message & { kind: LetterKind }): Outgoing {
  const { kind, links } = message;
  return compose(message, kind === 'confirm' || kind === 'goodbye' ? [] : leaving(links));
}

function leaving({ oneClick, domain, tokens }: ReturnLinks): string[] {
  const mailto = `mailto:unsubscribe+${plain(tokens.unsubscribe)}@${domainOf(domain)}?subject=unsubscribe`;
  return [
    `List-Unsubscribe: <${webUrl(oneClick)}>,\r\n <${mailto}>`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  ];
}

function compose({ id, to, date, from, links, encoded }: Message, headers: string[]): Outgoing {
  const domain = domainOf(from.address);
  // Quoted-printable never has `=_` (RFC 2045, 6.7), so no part can have the boundary.
  const boundary = `=_${plain(id)}`;
  const head = [
    ...headers,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: OOF, AutoReply',
    folded('From', mailbox(from, domain)),
    `To: ${ascii(to)}`,
    folded('Subject', phrase(inert(encoded.subject))),
    `Message-ID: <${id}@${domain}>`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
  ];
  const raw = [
    `${head.join('\r\n')}\r\n\r\n`,
    part(boundary, 'text/plain', encoded.text),
    part(boundary, 'text/html', encoded.html),
    `--${boundary}--\r\n`,
  ];
  const returnPath = `bounce+${plain(links.tokens.bounce)}@${domainOf(links.domain)}`;
  return { from: returnPath, to, raw };
}

const part = (boundary: string, type: string, body: Pieces): Pieces => [
  `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`,
  body,
  '\r\n',
];

/** An unstructured header's value, in encoded words where it is not ASCII or looks like one (RFC 2047). */
const phrase = (text: string): string =>
  text.includes('=?') ? encodeWord(text, 'Q', 52) : encodeWords(text, 'Q', 52, true);

function mailbox({ name, address }: Message['from'], domain: string): string {
  const sender = ascii(`${address.slice(0, address.lastIndexOf('@'))}@${domain}`);
  const shown = inert(name);
  // A word that no line could take is broken into encoded ones.
  if (/\S{60}/.test(shown)) return `${encodeWord(shown, 'Q', 52)} <${sender}>`;
  if (/^[\w ]*$/.test(shown)) return `${shown} <${sender}>`.trimStart();
  return `${/^[\x20-\x7e]*$/.test(shown) ? quoteString(shown) : encodeWord(shown, 'Q', 52)} <${sender}>`;
}

/** At white space, so that no line is wider than it should be (RFC 5322, 2.1.1). */
const folded = (name: string, value: string): string => foldLines(`${name}: ${value}`, 76);

/** In A-labels, for headers and envelopes are ASCII (RFC 5890). */
const domainOf = remembered(100, (address) => {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  if (domain === '') throw new TypeError('An address without a valid domain.');
  return domain;
});

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

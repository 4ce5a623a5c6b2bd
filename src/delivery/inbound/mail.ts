import PostalMime, { type Address, type Email } from 'postal-mime';
import { textOfHtml } from './html.ts';

/** An e-mail message taken apart, as far as what comes back to a sender needs it. */
export type Mail = {
  subject: string;
  from: { name: string; address: string };
  /** The first header of this (lower-case) name, unfolded, or an empty string. */
  header: (name: string) => string;
  /** What the writer says, as plain text: without the message that came back with it. */
  text: string;
  /** The message that came back, or its headers: written by us, unless somebody forged it. */
  returned: string;
  /** Parts made for machines, by MIME type: delivery-status, feedback-report, disposition-notification. */
  reports: { type: string; text: string }[];
};

/** What stands behind is not read: reports stand in front of the message they return. */
const MOST_BYTES = 1_000_000;

/** The parser takes some 7 µs a line, whatever is on it: a megabyte of empty lines would take ten seconds. */
const MOST_LINES = 20_000;

/** Characters of the writer's text and of the returned message that are looked at. */
const MOST_TEXT = 32_000;

/** Takes a message apart, or as much of it as can be read. Null when it cannot be read at all; never throws. */
export async function openMail(raw: Buffer | string): Promise<Mail | null> {
  const bytes = beginning(Buffer.from(raw.slice(0, MOST_BYTES)).subarray(0, MOST_BYTES));
  const email = await parse(bytes);
  if (email === null) return null;
  const parts = email.attachments.map(({ mimeType, content }) => ({
    type: mimeType.toLowerCase(),
    text: String(content).slice(0, MOST_TEXT),
  }));
  const { own, returned } = cut(wordsOf(email, bytes).slice(0, 2 * MOST_TEXT));
  const enclosed = parts.filter(({ type }) => RETURNED.has(type)).map(({ text }) => text);
  const headers = new Map(email.headers.toReversed().map(({ key, value }) => [key, value.trim()]));
  return {
    subject: email.subject ?? '',
    from: mailboxOf(email.from),
    header: (name) => headers.get(name) ?? '',
    text: own.slice(0, MOST_TEXT),
    returned: [...enclosed, returned].join('\n').slice(0, MOST_TEXT),
    reports: parts
      .filter(({ type }) => REPORT.test(type))
      .map(({ type, text }) => ({ type: type.replace(REPORT, ''), text })),
  };
}

function beginning(bytes: Buffer): Buffer {
  let end = -1;
  for (let lines = 0; lines < MOST_LINES; lines++) {
    end = bytes.indexOf(10, end + 1);
    if (end < 0) return bytes;
  }
  return bytes.subarray(0, end);
}

/** A returned message is evidence, not content: it stays a part of its own. */
const OPTIONS = { forceRfc822Attachments: true, attachmentEncoding: 'utf8' } as const;

async function parse(bytes: Buffer): Promise<Email | null> {
  try {
    return await PostalMime.parse(bytes, { ...OPTIONS, maxNestingDepth: 50 });
  } catch {
    // It throws on what is nested deeper than any mail program nests.
    return null;
  }
}

/** RFC 3462 and RFC 6533. */
const RETURNED = new Set([
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/global-headers',
]);

/** RFC 3464, 5965, 8098, and their international forms (RFC 6533). */
const REPORT = /^message\/(?:global-)?(?=(?:delivery-status|feedback-report|disposition-notification)$)/;

/** The text, else the HTML's, else what stands in a multipart message whose boundaries are broken. */
function wordsOf({ text, html, attachments }: Email, bytes: Buffer): string {
  if (text !== undefined) return text;
  if (html !== undefined) return textOfHtml(html.slice(0, 8 * MOST_TEXT));
  if (attachments.length > 0) return '';
  const message = bytes.toString('utf8').replaceAll('\r\n', '\n');
  const body = message.indexOf('\n\n');
  return body < 0 ? '' : message.slice(body + 2);
}

/** Separates what a mail system says from the message that it returns in the same text. */
function cut(text: string): { own: string; returned: string } {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const at = lines.findIndex((line) => FENCE.test(line.slice(0, 200)) || TRACE.test(line.slice(0, 40)));
  if (at < 0) return { own: lines.join('\n'), returned: '' };
  return { own: lines.slice(0, at).join('\n'), returned: lines.slice(at).join('\n') };
}

/** Lines that say that the returned message follows. */
const FENCE = new RegExp(
  String.raw`^[\s>|*#=-]{0,90}(?:${[
    String.raw`(?:original|unsent|undelivered|bounced|returned) (?:message|e-?mail)(?: (?:follows|headers?|info|text))?[\s:.|*#=-]*$`,
    'original mail (?:info|follows)',
    'message (?:headers?|text) follow',
    'below (?:this line )?is a copy',
    '(?:this|included|enclosed|here) is a copy',
    'the headers? of the original',
  ].join('|')})`,
  'i',
);

/** Headers that only a message on its way has, at the start of a line. */
const TRACE = /^(?:received|return-path|dkim-signature|arc-seal|x-received|x-google-smtp-source) ?:/i;

function mailboxOf(address: Address | undefined): { name: string; address: string } {
  return { name: address?.name ?? '', address: address?.address ?? '' };
}

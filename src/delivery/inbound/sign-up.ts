import { clean } from '../../papers/text.ts';
import { parseAddress } from '../../subscribers/address.ts';
import { isAutoReply, isBulk } from './automatic.ts';
import type { Mail } from './mail.ts';

export type SignUpMail =
  | { kind: 'subscribe'; from: string; topics: string[] }
  | { kind: 'auto-reply' }
  | { kind: 'nothing'; why: string };

/**
 * Reads a sign-up by mail: topics in the body, one a line. Nothing that a program sent is one, so that no two programs
 * ever answer each other (RFC 3834, section 2).
 */
export function readSignUp(mail: Mail, envelopeFrom: string): SignUpMail {
  if (bare(envelopeFrom) === '') return nothing('a sign-up without an envelope sender');
  if (mail.reports.length > 0) return nothing('a report');
  if (isAutoReply(mail)) return { kind: 'auto-reply' };
  if (isBulk(mail)) return nothing('bulk mail');
  const from = [mail.from.address, bare(envelopeFrom)].map(parseAddress).find(({ ok }) => ok);
  if (!from?.ok) return nothing('a sign-up without a sender');
  if (ROBOT.test(from.email)) return nothing('a sign-up from a program');
  return { kind: 'subscribe', from: from.email, topics: topicLines(mail.text) };
}

const nothing = (why: string): SignUpMail => ({ kind: 'nothing', why });

const bare = (address: string) => address.trim().replace(/^<|>$/g, '');

const ROBOT =
  /^(?:mailer-?daemon|postmaster|(?:no|do-?not)-?reply|bounces?|.{1,64}-bounces|.{1,64}-request|listserv|majordomo)(?:\+.{0,64})?@/i;

/** The lines that somebody wrote: no signature (from "-- " on), no quotation, no advertisement of the mail program. */
export function topicLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  const signature = lines.findIndex((line) => /^--\s*$/.test(line));
  const written = lines
    .slice(0, signature < 0 ? MOST_LINES : Math.min(signature, MOST_LINES))
    .map((line) => clean(line, LONGEST_LINE))
    .filter((line) => line !== '' && !line.startsWith('>') && !NOT_WRITTEN.test(line));
  return [...new Set(written)];
}

const MOST_LINES = 200;

/** Longer than any topic may be, so that one that is too long is refused, not shortened. */
const LONGEST_LINE = 2000;

const NOT_WRITTEN =
  /^(?:sent from my |get outlook for |von meinem .{1,30} gesendet|envoyé de mon )|^(?:on|am|le) .{1,200}(?:wrote|schrieb|a écrit) ?:$/i;

import { isAutoReply } from './automatic.ts';
import { isDelayWarning, isFreeFormBounce, judgeText, kindest } from './freeform.ts';
import { type Judgement, judge, NOTHING_SAID, storyOf } from './judge.ts';
import { type Mail, openMail } from './mail.ts';
import {
  deliveryStatusWithin,
  type RecipientReport,
  readDeliveryStatus,
  readFeedbackReport,
} from './report.ts';
import { readSignUp } from './sign-up.ts';
import { errandOf, recipientAmong, type Trace, traceOf } from './trace.ts';

/** What a message that came back to us is. Tokens are unchecked; an address or a Message-ID alone proves nothing. */
export type Inbound =
  | ({
      kind: 'bounce';
      severity: 'hard' | 'soft';
      /** An enhanced status code (RFC 3463). */
      status: string | null;
      /** A few words of ours, without an address. */
      reason: string;
      recipient: string | null;
    } & Trace)
  | ({ kind: 'complaint'; recipient: string | null } & Trace)
  | { kind: 'unsubscribe'; token: string }
  | { kind: 'subscribe'; from: string; topics: string[] }
  | { kind: 'auto-reply' }
  | { kind: 'nothing'; why: string };

/**
 * Reads a message that was sent to one of our addresses: bounces by RFC 3464 or in free form, complaints by RFC 5965,
 * requests by mail. Reads the first megabyte, in time linear to it, and never throws.
 */
export async function readInbound(
  raw: Buffer | string,
  envelope: { to: string; from: string },
): Promise<Inbound> {
  const { errand, token } = errandOf(envelope.to);
  // Whatever it says: some mail programs mark this as an automatic answer.
  if (errand === 'unsubscribe')
    return token ? { kind: 'unsubscribe', token } : nothing('unsubscribe without a token');
  const mail = await openMail(raw);
  if (mail === null) return nothing('not readable as a message');
  if (errand === 'subscribe') return readSignUp(mail, envelope.from);
  return readFeedback(mail, traceOf(mail, token));
}

const nothing = (why: string): Inbound => ({ kind: 'nothing', why });

function readFeedback(mail: Mail, trace: Trace): Inbound {
  return (
    complaintIn(mail, trace) ??
    bounceIn(mail, trace) ??
    (isAutoReply(mail) ? { kind: 'auto-reply' } : nothing('no report'))
  );
}

function complaintIn(mail: Mail, trace: Trace): Inbound | null {
  const part = mail.reports.find(({ type }) => type === 'feedback-report');
  if (part) {
    const { type, recipient } = readFeedbackReport(part.text);
    if (NO_COMPLAINT.test(type)) return nothing(`feedback of type ${type}`);
    return { kind: 'complaint', recipient: recipientAmong([recipient]), ...trace };
  }
  // Hotmail's own form: a subject, and the message itself.
  if (!/^\s*complaint about message from\b/i.test(mail.subject) || mail.returned === '') return null;
  const reader = /^x-hmxmroriginalrecipient: ?(\S{1,254})/im.exec(mail.returned)?.[1] ?? '';
  return { kind: 'complaint', recipient: recipientAmong([reader]), ...trace };
}

/** A reader's "not spam" (RFC 6430), and a domain's failed authentication (RFC 6591), which no reader has seen. */
const NO_COMPLAINT = /^(?:not-spam|auth-failure|dkim\S{0,20}|dmarc\S{0,20})$/;

function bounceIn(mail: Mail, trace: Trace): Inbound | null {
  const parts = mail.reports.filter(({ type }) => type === 'delivery-status');
  const found =
    parts.length > 0
      ? parts.flatMap(({ text }) => readDeliveryStatus(text))
      : deliveryStatusWithin(mail.text);
  if (found.length > 0) return bounceOf(found.slice(0, MOST_RECIPIENTS), mail, trace);
  if (mail.reports.some(({ type }) => type === 'disposition-notification')) return nothing('a receipt');
  if (parts.length === 0 && !isFreeFormBounce(mail)) return null;
  if (isDelayWarning(mail)) return nothing(DELAYED);
  return bounce(judgeText(mail.text), namedIn(mail), trace);
}

const MOST_RECIPIENTS = 100;

/** Not lost yet: what becomes of it is reported again. */
const DELAYED = 'delayed, still being tried';

/** We wrote to one address, so a report of several speaks of what is behind it: it is dead when all of them are. */
function bounceOf(found: RecipientReport[], mail: Mail, trace: Trace): Inbound {
  const failed = found.filter(({ action, status }) => !NOT_FAILED.test(action) && !status.startsWith('2.'));
  const verdict = kindest(judgeReports(failed, mail.text));
  if (!verdict)
    return nothing(found.some(({ action }) => action.startsWith('delayed')) ? DELAYED : 'delivered');
  const named = [verdict.recipient, ...namedIn(mail)];
  return bounce(failed.length < found.length ? { ...verdict, severity: 'soft' } : verdict, named, trace);
}

const NOT_FAILED = /^(?:delayed|delivered|relayed|expanded)\b/;

/** Each by what its report says, else by the text in front of the reports. */
function judgeReports(failed: RecipientReport[], text: string): (Judgement & { recipient: string })[] {
  const story = storyOf(text);
  const told = judgeText(text);
  return failed.map(({ recipient, status, diagnostic }) => {
    const reported = judge({ status, answer: diagnostic, story });
    if (reported.reason !== NOTHING_SAID) return { recipient, ...reported };
    return { recipient, ...told, status: told.status ?? reported.status };
  });
}

function bounce({ severity, status, reason }: Judgement, named: string[], trace: Trace): Inbound {
  return { kind: 'bounce', severity, status, reason, recipient: recipientAmong(named), ...trace };
}

/** Who a free-form report may speak of: whom it names, whom the returned message was to, the one address in the text. */
function namedIn({ header, returned, text }: Mail): string[] {
  const to = /^to:[ \t]{0,9}(?:[^<>\n]{0,200}<)?([^<>\s]{3,254})>?/im.exec(returned)?.[1] ?? '';
  const inText = new Set([...text.matchAll(ADDRESS)].map(([address]) => address.toLowerCase()));
  return [...header('x-failed-recipients').split(','), to, ...(inText.size === 1 ? inText : [])];
}

const ADDRESS = /[^\s<>"'@,;:()]{1,64}@[^\s<>"'@,;:()]{1,255}/g;

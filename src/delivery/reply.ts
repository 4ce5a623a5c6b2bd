import type { SmtpReply } from '../lib/smtp/smtp.ts';

/**
 * What an SMTP reply means for one message.
 * - `deferred`: the same message again later. `blame` says whom the reply speaks of: this `message` and its recipient, or
 *   `us`, when every other message would fare alike and trying on would do harm.
 * - `failed`: not this message; `suppress` when the mailbox does not exist and must not be written to again.
 */
export type Outcome =
  | { status: 'sent' }
  | { status: 'deferred'; reason: string; blame: 'message' | 'us' }
  | { status: 'failed'; reason: string; suppress: boolean };

/** Seconds. From one minute it doubles up to this, so that a busy or greylisting server is asked often enough in a day. */
export const LONGEST_BACKOFF = 1800;

/**
 * Reads a reply by the first line of the table that fits. Without an answer the message may have been taken: it is sent
 * again as the same message. Nothing that speaks of us (policy, authentication, TLS, our address) blames a reader.
 */
export function outcomeOf(reply: SmtpReply): Outcome {
  if (reply.accepted) return { status: 'sent' };
  const read = reading(reply);
  const line = TABLE.find(({ when }) => when(read));
  const means = line?.means ?? 'again';
  if (means === 'again' || means === 'us')
    return { status: 'deferred', reason: read.reason, blame: means === 'us' ? 'us' : 'message' };
  return { status: 'failed', reason: read.reason, suppress: means === 'nobody' };
}

type Means =
  /** This message, later. */
  | 'again'
  /** Every message, later. */
  | 'us'
  /** This message never; the next edition's may fare better. */
  | 'never'
  /** This message never, nor any other to the address. */
  | 'nobody';

type Reading = {
  /** 0 without an answer. */
  code: number;
  /** Subject and detail of the enhanced status code (RFC 3463), such as `7.1` of `550 5.7.1`; empty without one. */
  detail: string;
  /** nodemailer's name for what went wrong. */
  error: string;
  /** The verb that was answered. */
  verb: string;
  reason: string;
};

/** RFC 5321, section 4.2.1, read by RFC 3463 where the server says more. The first line that fits decides. */
const TABLE: { when: (reading: Reading) => boolean; means: Means }[] = [
  // No answer. Nobody home, no TLS, or no agreement on who we are: so it goes for every message.
  { when: ({ error }) => NOBODY_HOME.has(error), means: 'us' },
  // A connection that broke: perhaps within this message, perhaps after its final dot.
  { when: ({ code }) => code === 0, means: 'again' },
  // Authentication (RFC 4954), STARTTLS wanted (RFC 3207).
  { when: ({ code, error }) => error === 'EAUTH' || [530, 534, 535, 538].includes(code), means: 'us' },
  // The service is closing (421) or was never open: it has not heard of a message yet.
  { when: ({ code, verb }) => code === 421 || OPENING.has(verb), means: 'us' },
  // Greylisting says 4.7.1 too, and what a later try may mend is worth one.
  { when: ({ code }) => code < 500, means: 'again' },
  // Too big, for the server or for the mailbox.
  { when: ({ detail }) => detail === '3.4' || detail === '2.3', means: 'never' },
  // Security and policy, and what is wrong with our own address.
  {
    when: ({ detail, verb }) =>
      detail.startsWith('7.') || ['1.7', '1.8'].includes(detail) || verb === 'MAIL FROM',
    means: 'us',
  },
  // Bad mailbox, bad system, bad syntax, moved without forwarding, null MX (RFC 7505).
  { when: ({ detail }) => ['1.1', '1.2', '1.3', '1.6', '1.10'].includes(detail), means: 'nobody' },
  // Mailbox full or disabled, content, and whatever else a 5xx without a word more means.
  { when: () => true, means: 'never' },
];

/** What comes before any message; CONN is answered by the greeting. */
const OPENING = new Set(['CONN', 'EHLO', 'LHLO', 'HELO', 'STARTTLS']);

const NOBODY_HOME = new Set(['UNREACHABLE', 'ETLS', 'EREQUIRETLS', 'EAUTH', 'ENOAUTH', 'EOAUTH2', 'EPROXY']);

function reading({ error = '', verb = '', text, ...reply }: Exclude<SmtpReply, { accepted: true }>): Reading {
  // nodemailer gives a code to a missing STARTTLS too, the one of the server's answer to EHLO or 500.
  const code = error === 'ETLS' || error === 'EREQUIRETLS' ? 0 : (reply.code ?? 0);
  const enhanced = /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? '';
  const said = enhanced ? `${code} ${String(code)[0]}.${enhanced}` : String(code);
  return {
    code,
    detail: enhanced,
    error,
    verb,
    reason: code === 0 ? `no answer (${error || 'dropped'})` : said,
  };
}

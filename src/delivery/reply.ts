import type { SmtpReply } from '../lib/smtp.ts';

/**
 * What an SMTP reply means for one message.
 * - `deferred`: the same message again later; nobody is blamed.
 * - `failed`: not this message; `suppress` when the mailbox does not exist and must not be written to again.
 */
export type Outcome =
  | { status: 'sent' }
  | { status: 'deferred'; reason: string }
  | { status: 'failed'; reason: string; suppress: boolean };

/**
 * Reads a reply by its enhanced status code (RFC 3463) where there is one, else by its class (RFC 5321 section 4.2.1).
 * Policy, authentication and TLS refusals (5.7.x, 530, 535) speak of us and not of the reader, so they are deferred.
 * Without an answer the message may have been taken: it is sent again as the same message.
 */
export function outcomeOf(reply: SmtpReply): Outcome {
  if (reply.accepted) return { status: 'sent' };
  const { code, error, text } = reply;
  if (code === undefined) return { status: 'deferred', reason: `no answer (${error ?? text})` };
  const enhanced = /^\d{3}[ -]([245])\.(\d{1,3})\.(\d{1,3})\b/.exec(text);
  const [subject, detail] = [Number(enhanced?.[2]), Number(enhanced?.[3])];
  const reason = enhanced ? `${code} ${enhanced[1]}.${subject}.${detail}` : String(code);
  const ours =
    subject === 7 || code === 530 || code === 534 || code === 535 || code === 538 || error === 'EAUTH';
  if (code < 500 || ours) return { status: 'deferred', reason };
  const nobody = subject === 1 && NO_SUCH_MAILBOX.has(detail);
  return { status: 'failed', reason, suppress: nobody };
}

/** RFC 3463 and RFC 7505: bad mailbox, bad system, bad syntax, moved without forwarding, null MX. */
const NO_SUCH_MAILBOX = new Set([1, 2, 3, 6, 10]);

/** Seconds. From one minute it doubles up to this, so that a busy or greylisting server is asked often enough in a day. */
export const LONGEST_BACKOFF = 1800;

import type { App } from '../../app.ts';
import { codeIn, speaksOfUs } from '../blame.ts';
import type { Feedback } from '../feedback.ts';

/** One call of a webhook, as it came in: signatures are over the raw bytes. */
export type Call = { headers: Headers; query: URLSearchParams; body: Buffer };

/** A mail provider that tells by webhook what came back. */
export type Provider = {
  /**
   * Whether the provider made this call, by one of the secrets that it shares with us. Compares in constant time, and
   * says no to what is older than it would ever repeat.
   *
   * @throws when that cannot be told now, so that the provider calls again
   */
  verify: (call: Call, secret: string) => boolean | Promise<boolean>;
  /**
   * What a verified call tells. Events that say nothing of a reader, and shapes that nobody documented, are left out.
   * Null when the body is not what this provider sends at all.
   */
  read: (body: Buffer) => Feedback[] | null;
  /** What the provider wants done before it sends anything. */
  greet?: (body: Buffer) => Promise<void>;
};

/** What a provider may reach. */
export type Reach = Pick<App, 'fetch' | 'now' | 'log'>;

/** Null when the body is not JSON. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

/** Whether a call was signed lately, or at most five minutes in the future, for clocks differ. */
export function isFresh(seconds: string, now: Date, mostSeconds: number): boolean {
  if (!/^\d{1,12}$/.test(seconds)) return false;
  const age = now.getTime() / 1000 - Number(seconds);
  return age <= mostSeconds && age >= -300;
}

/** What a provider wrote, or now where it wrote nothing that is an instant. */
export function instantOf(written: string | number | undefined, now: Date): Date {
  const instant = new Date(typeof written === 'number' ? written * 1000 : (written ?? Number.NaN));
  return Number.isNaN(instant.getTime()) ? now : instant;
}

/**
 * A bounce by what the provider calls it and by the code in the words of the reader's server, which counts more where it
 * is kinder: a full mailbox is soft, and a policy is ours, even where the provider itself will not try again.
 */
export function bounce(
  called: 'hard' | 'soft' | 'ours',
  word: string,
  ...words: (string | undefined)[]
): Pick<Feedback, 'kind' | 'ours' | 'detail'> {
  const code = codeIn(...words);
  const kinder = code?.meaning?.severity === 'soft';
  return {
    kind: called === 'hard' && !kinder ? 'bounce-hard' : 'bounce-soft',
    ours: called === 'ours' || (kinder && speaksOfUs(code.meaning?.reason ?? '')),
    detail: code ? `${code.written} ${word}` : word,
  };
}

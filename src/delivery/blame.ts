import { codesIn, meaningOf } from './inbound/codes.ts';

/** Whether what is said of a refusal speaks of our mail or our rate, and so of no reader (reasons of inbound/). */
export const speaksOfUs = (reason: string): boolean => OURS.test(reason);

const OURS =
  /^(?:refused by policy|refused for its content|refused before the recipient|content refused|message too big|sender refused|relayed|greylisted)/;

/** What the first enhanced status code (RFC 3463) in a server's words means. */
export function codeIn(...texts: (string | undefined)[]) {
  const [code] = codesIn(texts.join(' '));
  if (!code) return null;
  return { written: `${code.class}.${code.subject}.${code.detail}`, meaning: meaningOf(code) };
}

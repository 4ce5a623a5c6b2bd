import { parseAddress } from '../../subscribers/address.ts';
import type { Mail } from './mail.ts';

/** What an envelope's recipient asks for, and for whom. The token is as it was written, unchecked. */
export type Errand = { errand: 'bounce' | 'unsubscribe' | 'subscribe' | 'other'; token: string | null };

/** Reads `bounce+TOKEN@…`, `unsubscribe+TOKEN@…` and `subscribe@…`. Only the word before the plus knows no case. */
export function errandOf(recipient: string): Errand {
  const match = /^<?(bounce|unsubscribe|subscribe)(?:\+([\w-]{1,64}))?@/i.exec(recipient.trim());
  const errand = match?.[1]?.toLowerCase();
  if (errand !== 'bounce' && errand !== 'unsubscribe' && errand !== 'subscribe')
    return { errand: 'other', token: null };
  return { errand, token: match?.[2] ?? null };
}

/** What in a message tells which of ours it answers. */
export type Trace = {
  /** The envelope's token, else one in what came back: signed for `bounce` or for `unsubscribe`. Unchecked. */
  token: string | null;
  /** The Message-ID of the message that came back, without its brackets. Anybody can write one. */
  messageId: string | null;
};

/** Looks for our marks: the envelope first, then the reports and the returned message, then the text. */
export function traceOf({ reports, returned, text, header }: Mail, envelopeToken: string | null): Trace {
  const sources = [...reports.map((report) => report.text), returned, text];
  const tokens = [...sources.flatMap(tokensIn('bounce')), ...sources.flatMap(tokensIn('unsubscribe'))];
  // Some systems write the whole address in lower case; then only what came back has the token as we wrote it.
  const same = tokens.find((token) => token.toLowerCase() === envelopeToken?.toLowerCase());
  return {
    token: same ?? envelopeToken ?? tokens[0] ?? null,
    messageId: sources.map(messageIdIn).find((id) => id !== null) ?? bracketed(header('in-reply-to')),
  };
}

/** In an address, or in the https link of List-Unsubscribe. */
const tokensIn = (purpose: string) => {
  const pattern = new RegExp(
    String.raw`(?<![\w+-])${purpose}(?:\+([\w-]{16,64})@|/([\w-]{16,64})(?![\w-]))`,
    'gi',
  );
  return (text: string) =>
    [...text.matchAll(pattern)].map(([, mailed = '', linked = '']) => mailed || linked);
};

function messageIdIn(text: string): string | null {
  return bracketed(
    /^[ \t]{0,8}(?:x-original-|original-)?message-id ?:[^<\n]{0,9}\n?[^<\n]{0,9}(<[^<>\n]{1,250}>)/im.exec(
      text,
    )?.[1] ?? '',
  );
}

const bracketed = (text: string) => /^<([^<>\s]{1,250})>/.exec(text.trim())?.[1] ?? null;

/** The first of these that is an address, as we would write to it. */
export function recipientAmong(candidates: readonly string[]): string | null {
  for (const text of candidates) {
    const address = parseAddress(text.trim().replace(/^<|>$/g, ''));
    if (address.ok) return address.email;
  }
  return null;
}

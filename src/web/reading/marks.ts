import { html } from 'hono/html';
import type { Html } from '../layout.ts';

/** The text with the given words in `<mark>` wherever they stand as whole words, or side by side where one has several. */
export const marked = (text: string, words: string[]): Html =>
  html`${pieces(text, words).map(({ piece, hit }) => (hit ? html`<mark>${piece}</mark>` : piece))}`;

/** Between words that were found side by side: spaces, hyphens, a slash. */
const BETWEEN = '[\\s/‐-―-]{1,3}';

/** The text in pieces, those that are one of the words told apart; together they are the text again. */
export function pieces(text: string, words: string[]): { piece: string; hit: boolean }[] {
  const wanted = words
    .map((word) =>
      word
        .split(' ')
        .filter(Boolean)
        .map((part) => RegExp.escape(part))
        .join(BETWEEN),
    )
    .filter(Boolean);
  if (wanted.length === 0) return [{ piece: text, hit: false }];
  // The longest first, so that "worlds" is not marked as "world".
  const alternatives = wanted.sort((a, b) => b.length - a.length).join('|');
  const hit = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, 'giu');
  const found: { piece: string; hit: boolean }[] = [];
  let at = 0;
  for (const { 0: piece, index } of text.matchAll(hit)) {
    found.push({ piece: text.slice(at, index), hit: false }, { piece, hit: true });
    at = index + piece.length;
  }
  return [...found, { piece: text.slice(at), hit: false }];
}

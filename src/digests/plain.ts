import { remembered } from '../lib/memo.ts';
import { readable } from './latex.ts';

/** A source's text as a mail shows it: inert, its LaTeX readable, on one line of at most `most` UTF-16 units. */
export function legible(text: string, most: number): string {
  // LaTeX can be some times longer than what it says; what lies beyond is not worth reading.
  const read = (part: string) => shorten(readable(inert(part.slice(0, 6 * most + 200))), most);
  if (text.length > 300) return read(text);
  // Titles, topics and reasons are the same for many readers.
  const known = legibles.get(most) ?? remembered(5_000, read);
  legibles.set(most, known);
  return known(text);
}
const legibles = new Map<number, (text: string) => string>();

/**
 * Text that can do nothing but be read: one line, no control character, no mark that turns the direction of what
 * follows (Unicode UAX #9), no lone surrogate, white space collapsed.
 */
export function inert(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

const ORDINARY = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Directional marks, interlinear annotation, the tag characters that hide a text within a text, and what is no character
 * at all, such as the marks of a stencil's holes (stencil.ts).
 */
const INVISIBLE = /[\p{Bidi_Control}\p{Noncharacter_Code_Point}\uFFF9-\uFFFB\uFEFF\u{E0000}-\u{E007F}]/gu;

/**
 * At most `most` UTF-16 units of a text on one line: whole sentences where they fill most of the room, else whole
 * words with an ellipsis, else as many characters as fit.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 2) return '';
  const room = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '');
  const least = most * 0.6;
  const sentence = lastSentenceEnd(text.slice(0, most));
  if (sentence > least) return text.slice(0, sentence);
  const word = text[most - 1] === ' ' ? room.length : room.lastIndexOf(' ');
  return `${(word > least ? room.slice(0, word) : room).replace(/[\s,;:.([{–—-]+$/u, '')}…`;
}

/** Where the last sentence that is followed by another ends, 0 when there is none. */
function lastSentenceEnd(text: string): number {
  const last = [...text.matchAll(SENTENCE_END)].at(-1);
  return last ? last.index + last[0].length : 0;
}

const SENTENCE_END = /[.!?](?<!\b(?:al|vs|e\.g|i\.e|cf|Fig|Eq|Sec|resp|approx).)["”’)]*(?= \p{Lu})/gu;

/**
 * Breaks the long lines of a text at white space, `columns` wide. A continued line keeps its indentation, and hangs
 * under the text of "12. " or "- ". A web address is never broken, any other run without a space is.
 */
export function wrap(text: string, columns = 74): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line.trimEnd(), columns))
    .join('\n');
}

export function wrapLine(line: string, columns = 74): string {
  if (line.length <= columns) return line;
  const lead = /^\s*(?:\d+\. +|- +)?/.exec(line)?.[0] ?? '';
  const hanging = ' '.repeat(lead.length);
  const room = columns - lead.length;
  let wrapped = '';
  let current = lead;
  let glue = '';
  for (const whole of line.slice(lead.length).split(/\s+/)) {
    for (const word of whole.length <= room ? [whole] : pieces(whole, room)) {
      if (glue && current.length + 1 + word.length > columns) {
        wrapped += `${current}\n`;
        current = hanging + word;
      } else current += glue + word;
      glue ||= word && ' ';
    }
  }
  return wrapped + current;
}

function pieces(word: string, room: number): string[] {
  if (word.length <= room || /^https?:\/\//.test(word)) return [word];
  const cut = /[\uD800-\uDBFF]/.test(word[room - 1] ?? '') ? room - 1 : room;
  return [word.slice(0, cut), ...pieces(word.slice(cut), room)];
}

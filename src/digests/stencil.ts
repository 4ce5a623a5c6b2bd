import Handlebars from 'handlebars';
import { remembered } from '../lib/memo.ts';
import { encode } from '../lib/quoted-printable.ts';
import { wrapLine } from './plain.ts';

/**
 * A text in quoted-printable that is made for many readers: what all have in common was encoded once, and what differs
 * goes into its holes.
 */
export type Stencil = (values: Values) => string;
/** By the names of the holes; a hole without a value stays empty. */
export type Values = Record<string, string>;

/** Where a value will stand. Bears signs that no text has: they are no characters, and `inert` takes them out. */
export const hole = (name: string): string => `\uFDD0${name}\uFDD1`;
/** Where quoted-printable will stand: in HTML anywhere, in plain text on a line of its own. */
export const slot = (name: string): string => `\uFDD2${name}\uFDD1`;

const HOLE = /([\uFDD0\uFDD2])(\w+)\uFDD1/;
const SLOT = '\uFDD2';

/** Of HTML: values are escaped. */
export function stencilOfHtml(html: string): Stencil {
  const [first = '', ...rest] = html.split(HOLE);
  const start = encode(first);
  const holes = Array.from({ length: rest.length / 3 }, (_, n) => {
    const [kind, name = '', after = ''] = rest.slice(3 * n);
    return { ready: kind === SLOT, name, after: encode(after) };
  });
  return (values) => {
    let filled = start;
    for (const { ready, name, after } of holes) {
      const value = values[name] ?? '';
      filled += (ready ? value : encodedHtml(value)) + after;
    }
    return filled;
  };
}

/** Of plain text: each line with a hole is wrapped with the value in it. A slot takes whole lines. */
export function stencilOfText(text: string): Stencil {
  const pieces = text.split(/(?<=\n)|(?=\uFDD2)|(?<=\uFDD2\w+\uFDD1)/).map((line): Piece => {
    const parts = line.split(HOLE);
    if (parts.length === 1) return encodedLine(line);
    return parts[1] === SLOT ? { ready: parts[2] ?? '' } : { parts };
  });
  return (values) => {
    let filled = '';
    for (const piece of pieces)
      if (typeof piece === 'string') filled += piece;
      else if ('ready' in piece) filled += values[piece.ready] ?? '';
      else filled += encodedLine(filledLine(piece.parts, values));
    return filled;
  };
}

type Piece = string | { ready: string } | { parts: string[] };

/** Texts and, between any two of them, the kind and the name of a hole. */
function filledLine(parts: string[], values: Values): string {
  let line = parts[0] ?? '';
  for (let n = 1; n < parts.length; n += 3) line += (values[parts[n + 1] ?? ''] ?? '') + (parts[n + 2] ?? '');
  return line;
}

/** Readers have topics, reasons and numbers in common. */
const encodedHtml = remembered(10_000, (value) => encode(Handlebars.escapeExpression(value)));
const wrapped = (line: string) => encode(`${wrapLine(line.trimEnd())}\n`);
const usual = remembered(10_000, wrapped);

/** An address is one reader's more often than not: no use to remember it. */
const encodedLine = (line: string): string => (line.includes('://') ? wrapped(line) : usual(line));

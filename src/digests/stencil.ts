import Handlebars from 'handlebars';
import { remembered } from '../lib/memo.ts';
import { compact, encode, type Pieces } from '../lib/quoted-printable.ts';
import { wrapLine } from './plain.ts';

/**
 * A text in quoted-printable that is made for many readers: what all have in common was encoded once, and what differs
 * goes into its holes and slots.
 */
export type Stencil = readonly Piece[];
type Piece = string | Hole | { slot: string };
type Hole = { names: readonly string[]; encoded: (values: Values) => string };
/** By the names of the holes. */
export type Values = Record<string, string>;
/** By the names of the slots, in quoted-printable. */
export type Inserts = Record<string, string | Pieces>;

/** Where a value will stand. Bears signs that no text has: they are no characters, and `inert` takes them out. */
export const hole = (name: string): string => `\uFDD0${name}\uFDD1`;
/** Where quoted-printable will stand. In plain text its line is not wrapped. */
export const slot = (name: string): string => `\uFDD2${name}\uFDD1`;

const HOLE = /([\uFDD0\uFDD2])(\w+)\uFDD1/;
const SLOT = '\uFDD2';

/** Adds the text to others. What has no value stays empty. */
export function write(stencil: Stencil, values: Values, inserts: Inserts, onto: string[]): void {
  for (const piece of stencil) {
    if (typeof piece === 'string') onto.push(piece);
    else if ('encoded' in piece) onto.push(piece.encoded(values));
    else insert(inserts[piece.slot] ?? '', onto);
  }
}

function insert(some: string | Pieces, onto: string[]): void {
  if (typeof some === 'string') onto.push(some);
  else for (const piece of some) onto.push(piece);
}

/** The stencil with some of its holes filled. What all have in common is not copied. */
export function filled(stencil: Stencil, values: Values): Stencil {
  return stencil.map((piece) => {
    const isKnown =
      typeof piece !== 'string' && 'encoded' in piece && piece.names.every((name) => name in values);
    return isKnown ? piece.encoded(values) : piece;
  });
}

/** Of HTML: values are escaped. */
export function stencilOfHtml(html: string): Stencil {
  const [first = '', ...rest] = html.split(HOLE);
  const holes = Array.from({ length: rest.length / 3 }, (_, n): Piece[] => {
    const [kind, name = '', after = ''] = rest.slice(3 * n);
    return [kind === SLOT ? { slot: name } : escaped(name), compact(encode(after))];
  });
  return [compact(encode(first)), ...holes.flat()];
}

/** Of plain text: each line with a hole is wrapped with the value in it. */
export function stencilOfText(text: string): Stencil {
  const lines = text.split(/(?<=\n)|(?=\uFDD2)|(?<=\uFDD2\w+\uFDD1)/);
  return joined(
    lines.map((line, n): Piece => {
      const parts = line.split(HOLE);
      if (parts[1] === SLOT) return { slot: parts[2] ?? '' };
      const encoded = lines[n + 1]?.startsWith(SLOT) && !line.endsWith('\n') ? encode : encodedLine;
      return parts.length === 1 ? encoded(line) : lineWithHoles(parts, encoded);
    }),
  );
}

/** Readers have topics and reasons in common. */
const encodedHtml = remembered(10_000, (value) => compact(encode(Handlebars.escapeExpression(value))));
const encodedLine = (line: string) => encode(`${wrapLine(line.trimEnd())}\n`);

const escaped = (name: string): Hole => ({
  names: [name],
  encoded: (values) => encodedHtml(values[name] ?? ''),
});

/** @param parts texts and, between any two of them, the kind and the name of a hole */
function lineWithHoles(parts: readonly string[], encoded: (line: string) => string): Hole {
  const texts = parts.filter((_, n) => n % 3 === 0);
  const names = parts.filter((_, n) => n % 3 === 2);
  const filledWith = (values: Values) =>
    texts.map((text, n) => text + (values[names[n] ?? ''] ?? '')).join('');
  return { names, encoded: (values) => compact(encoded(filledWith(values))) };
}

/** Texts that follow each other are one. */
function joined(pieces: readonly Piece[]): Stencil {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const before = all.at(-1);
    if (typeof piece === 'string' && typeof before === 'string') all[all.length - 1] = before + piece;
    else all.push(piece);
  }
  return all.map((piece) => (typeof piece === 'string' ? compact(piece) : piece));
}

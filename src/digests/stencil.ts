import Handlebars from 'handlebars';
import { remembered } from '../lib/memo.ts';
import { type Pieces, textOf } from '../lib/pieces.ts';
import { compact, encode } from '../lib/quoted-printable.ts';
import { wrapLine } from './plain.ts';

/**
 * A text in quoted-printable that is made for many readers: what all have in common was encoded once, and what differs
 * goes into its holes.
 */
export type Stencil = readonly (Pieces | Hole)[];
type Hole = { names: readonly string[]; encoded: (values: Values) => Pieces };
/** By the names of the holes. */
export type Values = Record<string, Pieces>;

/** Where a value will stand. Bears signs that no text has: they are no characters, and `inert` takes them out. */
export const hole = (name: string): string => `\uFDD0${name}\uFDD1`;
/** Where quoted-printable will stand. In plain text its line is not wrapped. */
export const slot = (name: string): string => `\uFDD2${name}\uFDD1`;

const HOLE = /([\uFDD0\uFDD2])(\w+)\uFDD1/;
const SLOT = '\uFDD2';

/** The text with its values; a hole without one stays empty. */
export const written = (stencil: Stencil, values: Values): Pieces =>
  stencil.map((piece) => (isHole(piece) ? piece.encoded(values) : piece));

/** The stencil with some of its holes filled. What all have in common is not copied. */
export function filled(stencil: Stencil, values: Values): Stencil {
  const pieces = stencil.map((piece) =>
    isHole(piece) && piece.names.every((name) => name in values) ? piece.encoded(values) : piece,
  );
  return joined(pieces, (some) => some);
}

/** Of HTML: values are escaped. */
export function stencilOfHtml(html: string): Stencil {
  const [first = '', ...rest] = html.split(HOLE);
  const holes = Array.from({ length: rest.length / 3 }, (_, n) => {
    const [kind, name = '', after = ''] = rest.slice(3 * n);
    return [kind === SLOT ? ready(name) : escaped(name), compact(encode(after))];
  });
  return [compact(encode(first)), ...holes.flat()];
}

/** Of plain text: each line with a hole is wrapped with the value in it. */
export function stencilOfText(text: string): Stencil {
  const lines = text.split(/(?<=\n)|(?=\uFDD2)|(?<=\uFDD2\w+\uFDD1)/);
  const pieces = lines.map((line, n) => {
    const parts = line.split(HOLE);
    if (parts[1] === SLOT) return ready(parts[2] ?? '');
    const encoded = lines[n + 1]?.startsWith(SLOT) && !line.endsWith('\n') ? encode : encodedLine;
    return parts.length === 1 ? encoded(line) : lineWithHoles(parts, encoded);
  });
  return joined(pieces, (some) => compact(textOf(some)));
}

/** What is short is a topic, and those are the same for many readers. */
const encodedHtml = (value: string) => (value.length > 64 ? encodeHtml(value) : knownHtml(value));
const encodeHtml = (value: string) => compact(encode(Handlebars.escapeExpression(value)));
const knownHtml = remembered(5_000, encodeHtml);
const encodedLine = (line: string) => encode(`${wrapLine(line.trimEnd())}\n`);

const ready = (name: string): Hole => ({ names: [name], encoded: (values) => values[name] ?? '' });

const escaped = (name: string): Hole => ({
  names: [name],
  encoded: (values) => encodedHtml(textOf(values[name] ?? '')),
});

/** @param parts texts and, between any two of them, the kind and the name of a hole */
function lineWithHoles(parts: readonly string[], encoded: (line: string) => string): Hole {
  const texts = parts.filter((_, n) => n % 3 === 0);
  const names = parts.filter((_, n) => n % 3 === 2);
  const filledWith = (values: Values) =>
    texts.map((text, n) => text + textOf(values[names[n] ?? ''] ?? '')).join('');
  return { names, encoded: (values) => compact(encoded(filledWith(values))) };
}

/** What stands between two holes becomes one. */
function joined(pieces: Stencil, one: (some: Pieces[]) => Pieces): Stencil {
  const all: (Pieces | Hole)[] = [];
  let some: Pieces[] = [];
  const close = () => {
    if (some.length > 0) all.push(one(some));
    some = [];
  };
  for (const piece of pieces) {
    if (!isHole(piece)) some.push(piece);
    else {
      close();
      all.push(piece);
    }
  }
  close();
  return all;
}

const isHole = (piece: Pieces | Hole): piece is Hole => typeof piece === 'object' && !Array.isArray(piece);

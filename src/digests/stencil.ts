import Handlebars from 'handlebars';
import { remembered } from '../lib/memo.ts';
import { encode } from '../lib/quoted-printable.ts';
import { wrapLine } from './plain.ts';

/**
 * A text in quoted-printable that is made for many readers: what all have in common was encoded once, and what differs
 * goes into its holes.
 */
export type Stencil = readonly Piece[];
type Piece = string | { holes: string[]; encoded: (values: Values) => string };
/** By the names of the holes. */
export type Values = Record<string, string>;

/** Where a value will stand. Bears signs that no text has: they are no characters, and `inert` takes them out. */
export const hole = (name: string): string => `\uFDD0${name}\uFDD1`;
/** Where quoted-printable will stand. In plain text its line is not wrapped. */
export const slot = (name: string): string => `\uFDD2${name}\uFDD1`;

const HOLE = /([\uFDD0\uFDD2])(\w+)\uFDD1/;
const SLOT = '\uFDD2';

/** The text with its values; a hole without one stays empty. */
export function written(stencil: Stencil, values: Values): string {
  let text = '';
  for (const piece of stencil) text += typeof piece === 'string' ? piece : piece.encoded(values);
  return text;
}

/** The stencil with some of its holes filled. What all have in common is not copied. */
export function filled(stencil: Stencil, values: Values): Stencil {
  return stencil.map((piece) =>
    typeof piece !== 'string' && piece.holes.every((name) => name in values) ? piece.encoded(values) : piece,
  );
}

/** Of HTML: values are escaped. */
export function stencilOfHtml(html: string): Stencil {
  const [first = '', ...rest] = html.split(HOLE);
  const holes = Array.from({ length: rest.length / 3 }, (_, n): Piece[] => {
    const [kind, name = '', after = ''] = rest.slice(3 * n);
    return [kind === SLOT ? ready(name) : escaped(name), encode(after)];
  });
  return [encode(first), ...holes.flat()];
}

/** Of plain text: each line with a hole is wrapped with the value in it. */
export function stencilOfText(text: string): Stencil {
  return text.split(/(?<=\n)|(?=\uFDD2)|(?<=\uFDD2\w+\uFDD1)/).map((line, n, all): Piece => {
    const parts = line.split(HOLE);
    if (parts[1] === SLOT) return ready(parts[2] ?? '');
    const encoded = all[n + 1]?.startsWith(SLOT) && !line.endsWith('\n') ? encode : encodedLine;
    if (parts.length === 1) return encoded(line);
    const holes = parts.filter((_, n) => n % 3 === 2);
    return { holes, encoded: (values) => encoded(filledLine(parts, values)) };
  });
}

const ready = (name: string): Piece => ({ holes: [name], encoded: (values) => values[name] ?? '' });

const escaped = (name: string): Piece => ({
  holes: [name],
  encoded: (values) => encodedHtml(values[name] ?? ''),
});

/** Texts and, between any two of them, the kind and the name of a hole. */
function filledLine(parts: string[], values: Values): string {
  let line = parts[0] ?? '';
  for (let n = 1; n < parts.length; n += 3) line += (values[parts[n + 1] ?? ''] ?? '') + (parts[n + 2] ?? '');
  return line;
}

/** Readers have topics, reasons and numbers in common. */
const encodedHtml = remembered(10_000, (value) => encode(Handlebars.escapeExpression(value)));
const encodedLine = remembered(10_000, (line) => encode(`${wrapLine(line.trimEnd())}\n`));

import { remembered } from './memo.ts';

/** As wide as a line may be with the `=` that says that it goes on. */
const COLUMNS = 75;

/**
 * A text in quoted-printable (RFC 2045, 6.7), its lines at most 76 columns wide and ended by CRLF. A piece of a text may
 * be encoded by itself: it begins on a line of its own and ends with a line end, a soft one if need be, so that encoded
 * pieces, one after the other, are the encoded text. No line begins with a dot, which SMTP would double.
 */
export function encode(text: string): string {
  const lines = /[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/) : [text];
  const open = lines.pop() ?? '';
  const closed = lines.map((line) => `${ended(encodeLine(line))}\r\n`).join('');
  return open === '' ? closed : `${closed}${encodeLine(open)}=\r\n`;
}

/**
 * The same string in one piece, a byte a sign, for keeping: lines cut out of a text keep all of it in memory, in two bytes a
 * sign if any of it needs them.
 */
export const compact = (ascii: string): string => Buffer.from(ascii, 'latin1').toString('latin1');

/** White space at the end of a line would be lost on the way; in hex it may be two columns wider. */
const ended = (line: string): string => line.replace(/ $/, '=\r\n=20');

function encodeLine(line: string): string {
  return PLAIN.test(line) ? line : broken(line.replace(OTHERS, inHex));
}

/** Most lines of plain text stay as they are. */
const PLAIN = /^(?!\.)[ -<>-~]{0,75}$/;
/** A sign that does not travel as it is. */
const OTHERS = /[^ -<>-~]/gu;

const inHex = remembered(2_000, (sign) =>
  Buffer.from(sign).toString('hex').toUpperCase().replace(/../g, '=$&'),
);

/** Breaks an encoded line, but no `=` apart from its digits. */
function broken(line: string): string {
  let lines = '';
  for (let from = 0; ; lines += '=\r\n') {
    const dot = line[from] === '.' ? inHex('.') : '';
    const start = from + (dot ? 1 : 0);
    const end = start + COLUMNS - dot.length;
    if (end >= line.length) return lines + dot + line.slice(start);
    const equals = line.lastIndexOf('=', end - 1);
    from = equals > end - 3 ? equals : end;
    lines += dot + line.slice(start, from);
  }
}

/** What `encode` made, read again. */
export function decode(encoded: string): string {
  const bytes = encoded
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
}

const COLUMNS = 76;
const EQUALS = 61;
const DOT = 46;
const SPACE = 32;

/** Each byte as it travels: itself when it is printable ASCII, else `=` and two hex digits. */
const WRITTEN = Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte <= 126 && byte !== EQUALS ? String.fromCharCode(byte) : inHex(byte),
);

/**
 * A text in quoted-printable (RFC 2045, 6.7), its lines at most 76 columns wide and ended by CRLF. A piece of a text may
 * be encoded by itself: it begins on a line of its own and ends with a line end, a soft one if need be, so that encoded
 * pieces, one after the other, are the encoded text. No line begins with a dot, which SMTP would double.
 */
export function encode(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const open = lines.pop() ?? '';
  const closed = lines.map((line) => `${ended(encodeLine(line))}\r\n`).join('');
  return compact(open === '' ? closed : `${closed}${encodeLine(open)}=\r\n`);
}

/**
 * The same string in one piece, a byte a sign. Lines cut out of a text keep all of it in memory, in two bytes a sign if any
 * of it needs them.
 */
const compact = (ascii: string): string => Buffer.from(ascii, 'latin1').toString('latin1');

/** White space at the end of a line would be lost on the way; in hex it may be two columns wider. */
const ended = (line: string): string => line.replace(/ $/, '=\r\n=20');

function encodeLine(line: string): string {
  return PLAIN.test(line) ? line : encodeBytes(Buffer.from(line));
}

/** Most lines of plain text stay as they are. */
const PLAIN = /^(?!\.)[ -<>-~]{0,75}$/;

function encodeBytes(bytes: Buffer): string {
  let encoded = '';
  let column = 0;
  for (const byte of bytes) {
    let sign = WRITTEN[byte] as string;
    if (column + sign.length >= COLUMNS) {
      encoded += '=\r\n';
      column = 0;
    }
    if (column === 0 && byte === DOT) sign = inHex(DOT);
    encoded += sign;
    column += sign.length;
  }
  return encoded;
}

/** What `encode` made, read again. */
export function decode(encoded: string): string {
  const bytes = encoded
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
}

function inHex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

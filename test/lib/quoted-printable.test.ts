import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { decode, encode } from '../../src/lib/quoted-printable.ts';

const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom('\n', '.', ' ', '\t', '=', '\r\n', 'é', '=_', 'From ', 'a'.repeat(76), ' \n', '\n.\n'),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join('').toWellFormed());
const lineEnds = (text: string) => text.replace(/\r\n?/g, '\n');

test('a text comes back as it was, but for its line ends', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(decode(encode(text))).toBe(lineEnds(text));
    }),
  );
});

test('a mail program that is no relation of ours reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const head =
        'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
      const read = await PostalMime.parse(`${head}${encode(`${text}|`)}`);
      expect(read.text?.replace(/\n$/, '')).toBe(`${lineEnds(text)}|`);
    }),
  );
});

test('pieces that were encoded apart are the encoded text, one after the other', () => {
  fc.assert(
    fc.property(fc.array(texts), (pieces) => {
      const whole = pieces.map(lineEnds).join('');
      expect(decode(pieces.map(encode).join(''))).toBe(whole);
    }),
  );
});

test('lines are ASCII, 76 columns wide at the most, and none begins with a dot or ends in white space', () => {
  fc.assert(
    fc.property(fc.array(texts), (pieces) => {
      const encoded = pieces.map(encode).join('');
      expect(encoded).toMatch(/^[\x20-\x7e\t\r\n]*$/);
      expect(encoded).not.toContain('=_');
      for (const line of encoded.split('\r\n')) expect(line).toMatch(/^(?!\.)[\x20-\x7e]{0,76}$(?<![ \t])/);
    }),
  );
});

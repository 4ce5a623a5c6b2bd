import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestMessage } from '../../src/delivery/message.ts';
import { encodeDigest, renderDigest } from '../../src/digests/render.ts';
import { dkimSigner } from '../../src/lib/dkim.ts';
import { type Pieces, textOf } from '../../src/lib/pieces.ts';
import { dkimPair, verdicts } from '../support/dkim.ts';
import { digests, words } from '../support/hostile.ts';
import { readStrictly } from '../support/strict-mime.ts';

const keys = [dkimPair('rsa', 'old'), dkimPair('ed25519', 'new')];
const sign = dkimSigner(keys);
const longWords = fc.constantFrom('y'.repeat(1200), `"${'y'.repeat(1200)}"`, `${'長'.repeat(400)}`);
const reader = {
  links: {
    preferences: 'https://paperboy.test/preferences/TOKEN',
    unsubscribe: 'https://paperboy.test/unsubscribe/TOKEN',
    browser: 'https://paperboy.test/digest/TOKEN',
    taste: 'https://paperboy.test/taste/TOKEN',
    site: 'https://paperboy.test',
  },
};
const envelope = {
  id: '0198f0aa-1111-7222-8333-444455556666',
  to: 'reader@example.org',
  date: new Date('2026-05-07T08:00:00Z'),
  links: {
    oneClick: 'https://paperboy.test/unsubscribe/TOKEN',
    domain: 'return.paperboy.test',
    tokens: { unsubscribe: 'a'.repeat(52), bounce: 'b'.repeat(52) },
  },
};

const bytesOf = (pieces: Pieces) => Buffer.from(textOf(pieces), 'latin1');

test('whatever papers, authors, topics and operators are called, the signed message is strictly MIME and verifies', async () => {
  await fc.assert(
    fc.asyncProperty(digests, fc.oneof(words, longWords), async (digest, name) => {
      const encoded = await encodeDigest(digest, reader);
      const from = { name, address: 'digest@paperboy.test' };
      const { raw } = digestMessage({ ...envelope, from, encoded });
      const { headers, parts } = readStrictly(bytesOf(raw));
      const { html, text } = await renderDigest(digest, reader);
      expect(parts.map((part) => part.headers.get('content-type'))).toEqual([
        'text/plain; charset=utf-8',
        'text/html; charset=utf-8',
      ]);
      expect(parts.map(({ body }) => body.trimEnd())).toEqual([text.trimEnd(), html.trimEnd()]);
      expect(headers.get('message-id')).toBe(`<${envelope.id}@paperboy.test>`);

      const signed = await sign(raw);
      expect(textOf(signed).endsWith(textOf(raw))).toBe(true);
      expect(await verdicts(bytesOf(signed), keys)).toEqual(['old pass', 'new pass']);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['a bare line feed', (text: string) => text.replace('\r\n\r\n--', '\n\r\n--')],
  ['a dot at the start of a line', (text: string) => text.replace(/\r\n<(?=\w)/, '\r\n.<')],
  ['a line that is too long', (text: string) => text.replace(/=\r\n(?=[^\r]{30})/g, '')],
  ['no closing delimiter', (text: string) => text.replace(/--\r\n$/, '\r\n')],
  ['a field twice', (text: string) => `Subject: another\r\n${text}`],
  ['an equals sign of its own', (text: string) => text.replace(/=3D/, '=3d')],
])('the strict reader refuses %s', async (_what, spoil) => {
  const [digest] = fc.sample(digests, { numRuns: 1, seed: 7 });
  if (!digest) throw new Error('no digest');
  const encoded = await encodeDigest(digest, reader);
  const { raw } = digestMessage({
    ...envelope,
    from: { name: 'Paperboy', address: 'digest@paperboy.test' },
    encoded,
  });
  readStrictly(bytesOf(raw));
  const spoilt = Buffer.from(spoil(textOf(raw)), 'latin1');
  expect(spoilt.equals(bytesOf(raw))).toBe(false);
  expect(() => readStrictly(spoilt)).toThrow();
});

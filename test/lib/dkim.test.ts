import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dkimSigner } from '../../src/lib/dkim.ts';
import { textOf } from '../../src/lib/pieces.ts';
import { dkimPair, type Pair, verdicts } from '../support/dkim.ts';

const rsa = dkimPair('rsa', 'old');
const ed25519 = dkimPair('ed25519', 'new');
const signed = async (raw: string | Buffer, ...keys: Pair[]) =>
  Buffer.from(textOf(await dkimSigner(keys)(raw.toString('latin1'))), 'latin1');

const HEAD = [
  'List-ID: <digest.paperboy.test>',
  'List-Unsubscribe: <https://paperboy.test/unsubscribe/LEAVE>,',
  ' <mailto:unsubscribe+LEAVE@paperboy.test?subject=unsubscribe>',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  'Precedence: bulk',
  'Feedback-ID: 2026-05-07:digest:paperboy',
  'Auto-Submitted: auto-generated',
  'From: Paperboy <digest@paperboy.test>',
  'To: reader@example.org',
  'Subject: =?UTF-8?Q?=CF=84=C2=B2-Drafter?= and 6 more on state space models, speculative',
  '\tdecoding  and a third topic ',
  'Message-ID: <0198f0aa-1111-7222-8333-444455556666@paperboy.test>',
  'Date: Thu, 07 May 2026 08:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
].join('\r\n');
const MESSAGE = `${HEAD}\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n`;

/** A tag of the only signature, without the white space of its folding. */
const tag = (raw: Buffer, name: string) =>
  new RegExp(`[;:\\s]${name}=([^;]*?)(?:;|\\r\\n(?![ \\t]))`)
    .exec(raw.toString('latin1'))?.[1]
    ?.replace(/\s/g, '');

describe.each([
  ['RSA', rsa],
  ['Ed25519', ed25519],
])('A signature of an %s key', (_, pair) => {
  test('is verified by others', async () => {
    expect(await verdicts(await signed(MESSAGE, pair), [pair])).toEqual([`${pair.selector} pass`]);
  });

  test('stands above the message, which it leaves as it is, in lines of 78 columns', async () => {
    const domain = `${'a-long-name.'.repeat(4)}paperboy.test`;
    const raw = await signed(MESSAGE, { ...pair, domain, selector: 'a-long-selector.of-2026' });
    expect(raw.toString('latin1').endsWith(`==\r\n${MESSAGE}`)).toBe(true);
    const lines = raw.toString('latin1').slice(0, -MESSAGE.length).split('\r\n');
    expect(lines[0]).toMatch(/^DKIM-Signature: v=1;/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(78);
    expect(lines.slice(1, -1).every((line) => /^ \S/.test(line))).toBe(true);
  });

  test('is the same to the byte when it is made again, and bears no time', async () => {
    const [first, again] = [await signed(MESSAGE, pair), await signed(MESSAGE, pair)];
    expect(again.equals(first)).toBe(true);
    expect(tag(first, 't') ?? tag(first, 'x')).toBeUndefined();
  });

  test.each([
    ['a changed body', MESSAGE.replace('hungry', 'thirsty')],
    ['a line more', `${MESSAGE}P.S.\r\n`],
    ['another recipient', MESSAGE.replace('To: reader', 'To: another')],
    ['another subject', MESSAGE.replace('6 more', '7 more')],
    ['another way to leave', MESSAGE.replace('/unsubscribe/LEAVE', '/unsubscribe/OTHER')],
    ['a changed List-Unsubscribe-Post', MESSAGE.replace('=One-Click', '=Two-Clicks')],
    ['another type', MESSAGE.replace('text/plain', 'text/html')],
    ['a second sender', `From: Somebody <else@example.org>\r\n${MESSAGE}`],
    ['a second sender below', MESSAGE.replace('To:', 'From: Somebody <else@example.org>\r\nTo:')],
  ])('does not fit %s', async (_what, changed) => {
    const raw = (await signed(MESSAGE, pair)).toString('latin1');
    const forged = Buffer.from(raw.slice(0, -MESSAGE.length) + changed, 'latin1');
    expect(changed).not.toBe(MESSAGE);
    expect(await verdicts(forged, [pair])).not.toContain(`${pair.selector} pass`);
  });

  test('covers what readers see and what mail programs act on, so that none of it can be taken away', async () => {
    const raw = await signed(MESSAGE, pair);
    const names = tag(raw, 'h')?.split(':') ?? [];
    expect(names).toEqual([
      ...['from', 'from', 'to', 'subject', 'date', 'message-id'],
      ...['list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'feedback-id'],
      ...['mime-version', 'content-type'],
    ]);
    for (const name of names) {
      const bare = raw.toString('latin1').replace(new RegExp(`\\r\\n${name}:.*(\\r\\n[ \\t].*)*`, 'i'), '');
      expect(bare.length).toBeLessThan(raw.length);
      expect(await verdicts(Buffer.from(bare, 'latin1'), [pair])).not.toContain(`${pair.selector} pass`);
    }
  });

  test('covers each of several fields with one name', async () => {
    const twice = MESSAGE.replace('To: ', 'To: first@example.org\r\nTo: ');
    const raw = await signed(twice, pair);
    expect(tag(raw, 'h')).toMatch(/^from:from:to:to:subject/);
    expect(await verdicts(raw, [pair])).toEqual([`${pair.selector} pass`]);
    const forged = raw.toString('latin1').replace('first@', 'other@');
    expect(await verdicts(Buffer.from(forged, 'latin1'), [pair])).toEqual([`${pair.selector} fail`]);
  });

  test('survives what mail servers do on the way', async () => {
    const raw = (await signed(MESSAGE, pair)).toString('latin1');
    const passed = `Received: by mx.example.org\r\nX-Spam: no\r\n${raw}\r\n\r\n`
      .replace('Subject: ', 'SUBJECT:   ')
      .replace('and 6 more', 'and\r\n\t6 more')
      .replace('game.  Are', 'game. Are');
    expect(await verdicts(Buffer.from(passed, 'latin1'), [pair])).toEqual([`${pair.selector} pass`]);
  });

  test('fits whatever a body holds', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '\t',
        '.',
        '..',
        '. ',
        '\r\n',
        '\r\n\r\n',
        ' \r\n',
        '\t \r\n.\r\n',
        'x'.repeat(2000),
      ),
      fc.constantFrom(
        '--paperboy',
        'DKIM-Signature: v=1; b=',
        'From: a@b.example',
        ' '.repeat(3000),
        '=\r\n',
      ),
      fc.uint8Array({ maxLength: 80 }).map((bytes) =>
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/[\r\n]/g, ''),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.nat(), async (pieces, at) => {
        // SMTP ends a message's last line, if nothing else has (RFC 5321, section 4.1.1.4).
        const body = pieces.join('').replace(/(?<!\r\n|^)$/, '\r\n');
        const raw = await signed(`${HEAD}\r\n${body}`, pair);
        expect(await verdicts(raw, [pair])).toEqual([`${pair.selector} pass`]);
        const visible = [...body.matchAll(/[^\r\n\t ]/g)];
        const hit = visible[at % (visible.length || 1)];
        if (!hit) return;
        const changed = Buffer.from(raw);
        changed[raw.length - body.length + hit.index] = hit[0] === 'a' ? 98 : 97;
        expect(await verdicts(changed, [pair])).toEqual([`${pair.selector} neutral`]);
      }),
      { numRuns: 150 },
    );
  });

  test('fits whatever a header holds', async () => {
    const value = fc
      .array(
        fc.constantFrom('a', ' ', '\t', '\r\n ', '\r\n\t', '\xa0', 'é', ':', ';', 'b=', '\v', '"', '\xff'),
      )
      .map((pieces) => `\xa0${pieces.join('')}\xa0`.replace(/\r\n[ \t]+(?=\r\n)/g, ''));
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(' ', '', '\t', '  '), async (subject, blank) => {
        const raw = await signed(
          MESSAGE.replace(/Subject:[\s\S]*?topic /, `Subject${blank}:${blank}${subject}`),
          pair,
        );
        expect(await verdicts(raw, [pair])).toEqual([`${pair.selector} pass`]);
      }),
    );
  });
});

describe('Signing', () => {
  test('hashes bodies as the standards do in their examples', async () => {
    const bodyHash = async (body: string) => tag(await signed(`${HEAD}\r\n${body}`, ed25519), 'bh');
    const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');
    // RFC 8463, appendix A.
    expect(tag(await signed(MESSAGE, ed25519), 'bh')).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
    // RFC 6376, sections 3.4.4 and 3.4.5.
    expect(await bodyHash('')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(await bodyHash('\r\n \t\r\n\r\n')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(await bodyHash(' C \r\nD \t E\r\n\r\n\r\n')).toBe(sha256(' C\r\nD E\r\n'));
    expect(await bodyHash('no end of line \t')).toBe(sha256('no end of line\r\n'));
  });

  test('with two keys makes two signatures, each good by itself, so that a key can be changed while mail travels', async () => {
    const raw = await signed(MESSAGE, rsa, ed25519);
    expect(await verdicts(raw, [rsa, ed25519])).toEqual(['old pass', 'new pass']);
    expect(await verdicts(raw, [rsa])).toEqual(['old pass', 'new neutral']);
    expect(await verdicts(raw, [ed25519])).toEqual(['old neutral', 'new pass']);
  });

  test('with a key that was published as another is found out', async () => {
    const raw = await signed(MESSAGE, { ...ed25519, selector: 'old' });
    expect(await verdicts(raw, [rsa])).not.toContain('old pass');
    expect(await verdicts(raw, [{ ...ed25519, selector: 'old' }])).toEqual(['old pass']);
  });

  test('leaves out what a message does not have', async () => {
    const letter = MESSAGE.replace(/^List-.*\r\n(?: .*\r\n)?/gm, '');
    const raw = await signed(letter, ed25519);
    expect(tag(raw, 'h')).toBe(
      'from:from:to:subject:date:message-id:auto-submitted:feedback-id:mime-version:content-type',
    );
    expect(await verdicts(raw, [ed25519])).toEqual(['new pass']);
  });

  test('without a key leaves a message as it is', async () => {
    expect((await signed(MESSAGE)).toString('latin1')).toBe(MESSAGE);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/subscribers/address.ts';
import { quickest } from '../support/quickest.ts';

describe('an address that people have is taken', () => {
  test.each([
    ['ada@example.org', 'ada@example.org'],
    ['  ada@example.org ', 'ada@example.org'],
    ['Ada.Lovelace+papers@Example.ORG', 'Ada.Lovelace+papers@example.org'],
    ["o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"],
    ['ada@exämple.de', 'ada@xn--exmple-cua.de'],
    ['ada@例え。jp', 'ada@xn--r8jz45g.jp'],
    ['a@xn--exmple-cua.de', 'a@xn--exmple-cua.de'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ])('%s', (text, email) => {
    expect(parseAddress(text)).toEqual({ ok: true, email, key: email.toLowerCase() });
  });
});

describe('anything else is refused with a reason', () => {
  test.each([
    ['', /Write your e-mail/],
    ['   ', /Write your e-mail/],
    ['ada', /has an @/],
    ['ada＠example.org', /has an @/],
    ['@example.org', /before the @/],
    ['ada@', /after the @/],
    ['ada@example.org\r\nBcc: eve@example.org', /single line/],
    ['ada@example.org\n', /single line/],
    ['ada@example.org, eve@example.org', /one e-mail address only/],
    ['ada@example.org;eve@example.org', /one e-mail address only/],
    ['friends: ada@example.org;', /one e-mail address only/],
    ['friends:ada@example.org', /before the @/],
    ['Ada <ada@example.org>', /address alone/],
    ['"ada"@example.org', /address alone/],
    ['"ada@home"@example.org', /address alone/],
    ['ada(comment)@example.org', /address alone/],
    ['ada\\@home@example.org', /address alone/],
    ['ada@home@example.org', /one @ only/],
    ['.ada@example.org', /before the @/],
    ['ada.@example.org', /before the @/],
    ['ada..l@example.org', /before the @/],
    ['ada l@example.org', /before the @/],
    ['ädä@example.org', /before the @/],
    ['ada\0@example.org', /before the @/],
    [`${'a'.repeat(65)}@example.org`, /at most 64/],
    ['ada@localhost', /after the @/],
    ['ada@[127.0.0.1]', /after the @/],
    ['ada@127.0.0.1', /after the @/],
    ['ada@0x7f.1', /after the @/],
    ['ada@example..org', /after the @/],
    ['ada@example.org.', /after the @/],
    ['ada@-example.org', /after the @/],
    ['ada@exa_mple.org', /after the @/],
    ['ada@example.org:25', /after the @/],
    ['ada@example.org/x', /after the @/],
    ['ada@%65xample.org', /after the @/],
    ['ada@exa\tmple.org', /after the @/],
    ['ada@exam\u00adple.org', /after the @/],
    ['ada@example\u202e.org', /after the @/],
    ['ada@example\ud800.org', /after the @/],
    [`ada@${'a'.repeat(64)}.org`, /after the @/],
    [`ada@${'abcdefg.'.repeat(32)}org`, /254/],
    [`ada@${'ä.'.repeat(40)}de`, /254/],
  ])('%j', (text, reason) => {
    expect(parseAddress(text)).toEqual({ ok: false, problem: expect.stringMatching(reason) });
  });
});

test('a monster of 64 KB is refused in under 10 ms', async () => {
  const monsters = ['a:', '(', '"\\', 'a.', 'a,', ' ', '@', 'ä', '<'].map((part) =>
    `${part.repeat(32_768)}@example.org`.slice(0, 65_536),
  );
  for (const monster of monsters) {
    expect(parseAddress(monster).ok).toBe(false);
    expect(await quickest(() => parseAddress(monster))).toBeLessThan(10);
  }
});

test('what comes out is one line of plain characters, and reads as itself', () => {
  const label = fc.stringMatching(/^[a-zäöüß0-9A-Z-]{1,70}$/);
  const local = fc.stringMatching(/^[a-zA-Z0-9.+_'-]{1,70}$/);
  const written = fc.tuple(local, fc.array(label, { maxLength: 5 })).map(([a, b]) => `${a}@${b.join('.')}`);
  fc.assert(
    fc.property(fc.oneof(written, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
      const parsed = parseAddress(text);
      if (!parsed.ok) return;
      expect(parsed.email).toMatch(/^[!-~]{1,64}@[a-z0-9.-]+$/);
      expect(parsed.email.length).toBeLessThanOrEqual(254);
      expect(parsed.key).toBe(parsed.email.toLowerCase());
      expect(parseAddress(parsed.email)).toEqual(parsed);
    }),
    { numRuns: 500 },
  );
});

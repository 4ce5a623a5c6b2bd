import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Purpose, readLink, signLink, urlOf } from '../../src/subscribers/links.ts';

const PURPOSES: Purpose[] = ['confirm', 'preferences', 'unsubscribe', 'digest', 'bounce'];
const purpose = fc.constantFrom(...PURPOSES);
const secret = fc.string({ minLength: 16, maxLength: 40 });
const id = fc.uuid();

test('a token gives back its id, under any secret that is still kept', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(secret, { minLength: 1, maxLength: 3 }),
      purpose,
      id,
      (secrets, purpose, id) => {
        const token = signLink(secrets, purpose, id);
        expect(token).toMatch(/^[\w-]{43}$/);
        expect(readLink(secrets, purpose, token)).toBe(id);
        expect(readLink(['a newer secret than all', ...secrets], purpose, token)).toBe(id);
        expect(readLink(secrets.slice(1), purpose, token)).toBeNull();
      },
    ),
  );
});

test('a token is good for one purpose only', () => {
  fc.assert(
    fc.property(secret, purpose, purpose, id, (secret, one, other, id) => {
      fc.pre(one !== other);
      expect(readLink([secret], other, signLink([secret], one, id))).toBeNull();
    }),
  );
});

test('a token with any character changed, cut off or added is none', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.\0ä';
  fc.assert(
    fc.property(
      secret,
      purpose,
      id,
      fc.nat(42),
      fc.constantFrom(...alphabet),
      (secret, purpose, id, at, character) => {
        const token = signLink([secret], purpose, id);
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        for (const wrong of [changed, token.slice(0, at), token + character, `${token}=`, `${token}\n`])
          expect(readLink([secret], purpose, wrong)).toBeNull();
      },
    ),
    { numRuns: 1000 },
  );
});

test('text that nobody signed is no token', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{43}$/)), (text) => {
      expect(readLink(['a secret of sixteen'], 'confirm', text)).toBeNull();
    }),
  );
});

test('a link opens the page of its purpose on this site', () => {
  const app = { config: { baseUrl: 'https://paperboy.test' }, secrets: ['a secret of sixteen'] } as never;
  const url = urlOf(app, 'unsubscribe', '019dff00-0000-7000-8000-000000000001');
  expect(url).toMatch(/^https:\/\/paperboy\.test\/unsubscribe\/[\w-]{43}$/);
});

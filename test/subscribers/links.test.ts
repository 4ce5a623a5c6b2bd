import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  feedUrlOf,
  type MailPurpose,
  type Purpose,
  readLink,
  readMailLink,
  readMoment,
  signLink,
  signMailLink,
  signMoment,
  undoUrlOf,
  urlOf,
} from '../../src/subscribers/links.ts';

const PURPOSES: Purpose[] = ['confirm', 'preferences', 'unsubscribe', 'taste', 'digest', 'data', 'feed'];
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

describe('a token for one moment', () => {
  const moment = fc.record({
    id,
    at: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
  });

  test('gives back its id and its moment, under any secret that is still kept', () => {
    fc.assert(
      fc.property(secret, moment, (secret, moment) => {
        const token = signMoment([secret], 'resubscribe', moment);
        expect(token).toMatch(/^[\w-]{51}$/);
        expect(readMoment(['a newer secret than all', secret], 'resubscribe', token)).toEqual(moment);
        expect(readMoment(['a newer secret than all'], 'resubscribe', token)).toBeNull();
      }),
    );
  });

  test('with any character changed, cut off or added is none', () => {
    fc.assert(
      fc.property(
        secret,
        moment,
        fc.nat(50),
        fc.constantFrom(...'ABCZabcz0189-_+/=.\0ä'),
        (secret, moment, at, character) => {
          const token = signMoment([secret], 'resubscribe', moment);
          fc.pre(token[at] !== character);
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          for (const wrong of [changed, token.slice(0, at), token + character, `${token}\n`])
            expect(readMoment([secret], 'resubscribe', wrong)).toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });

  test('opens no other page, and no other page’s token opens it', () => {
    fc.assert(
      fc.property(secret, purpose, moment, (secret, purpose, moment) => {
        const token = signMoment([secret], 'resubscribe', moment);
        for (const part of [token, token.slice(0, 43)]) expect(readLink([secret], purpose, part)).toBeNull();
        expect(readMoment([secret], 'resubscribe', signLink([secret], purpose, moment.id))).toBeNull();
      }),
    );
  });
});

describe('a token in a mail address', () => {
  const MAIL_PURPOSES: MailPurpose[] = ['bounce', 'unsubscribe'];
  const mailPurpose = fc.constantFrom(...MAIL_PURPOSES);

  test('gives back its id, under any secret that is still kept, in whatever case it arrives', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(secret, { minLength: 1, maxLength: 3 }),
        mailPurpose,
        id,
        fc.infiniteStream(fc.boolean()),
        (secrets, purpose, id, coins) => {
          const token = signMailLink(secrets, purpose, id);
          const mangled = [...token].map((c) => (coins.next().value ? c.toUpperCase() : c)).join('');
          for (const arrived of [token, token.toUpperCase(), mangled])
            expect(readMailLink(['a newer secret than all', ...secrets], purpose, arrived)).toBe(id);
          expect(readMailLink(secrets.slice(1), purpose, token)).toBeNull();
        },
      ),
    );
  });

  test('fits into a local part', () => {
    for (const purpose of MAIL_PURPOSES) {
      const token = signMailLink(['a secret of sixteen'], purpose, '019dff00-0000-7000-8000-000000000001');
      expect(`${purpose}+${token}`.length).toBeLessThanOrEqual(64);
      expect(token).toMatch(/^[0-9a-f]{52}$/);
    }
  });

  test('is good for its purpose only, and with any character changed, cut off or added for none', () => {
    fc.assert(
      fc.property(
        secret,
        mailPurpose,
        id,
        fc.nat(51),
        fc.constantFrom(...'0123456789abcdefg-+ ä\0'),
        (...args) => {
          const [secret, purpose, id, at, character] = args;
          const token = signMailLink([secret], purpose, id);
          const other = purpose === 'bounce' ? 'unsubscribe' : 'bounce';
          expect(readMailLink([secret], other, token)).toBeNull();
          fc.pre(token[at] !== character);
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          for (const wrong of [changed, token.slice(0, at), `${token}0`, `${token}\n`])
            expect(readMailLink([secret], purpose, wrong)).toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });

  test('opens no page, and a page’s token is no mail token', () => {
    fc.assert(
      fc.property(secret, id, (secret, id) => {
        expect(readLink([secret], 'unsubscribe', signMailLink([secret], 'unsubscribe', id))).toBeNull();
        const page = Buffer.from(signLink([secret], 'unsubscribe', id), 'base64url').toString('hex');
        expect(readMailLink([secret], 'unsubscribe', page.slice(0, 52))).toBeNull();
      }),
    );
  });
});

test('a link opens the page of its purpose on this site', () => {
  const app = { config: { baseUrl: 'https://paperboy.test' }, secrets: ['a secret of sixteen'] } as never;
  const id = '019dff00-0000-7000-8000-000000000001';
  expect(urlOf(app, 'unsubscribe', id)).toMatch(/^https:\/\/paperboy\.test\/unsubscribe\/[\w-]{43}$/);
  expect(feedUrlOf(app, id)).toMatch(/^https:\/\/paperboy\.test\/feed\/[\w-]{43}\.atom$/);
  expect(undoUrlOf(app, { id, at: new Date('2026-05-07T09:00:00Z') })).toMatch(
    /^https:\/\/paperboy\.test\/resubscribe\/[\w-]{51}$/,
  );
});

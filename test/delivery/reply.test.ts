import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../src/delivery/reply.ts';

const refused = (text: string, error?: string) =>
  outcomeOf({ accepted: false, code: Number(text.slice(0, 3)), text, ...(error ? { error } : {}) });

describe('what a reply means', () => {
  test('250 is sent', () => {
    expect(outcomeOf({ accepted: true, text: '250 2.0.0 queued' })).toEqual({ status: 'sent' });
  });

  test.each(['ECONNECTION', 'ETIMEDOUT', 'ECONNREFUSED'])(
    'no answer (%s) is tried again as the same message',
    (error) => {
      expect(outcomeOf({ accepted: false, error, text: 'gone' })).toEqual({
        status: 'deferred',
        reason: `no answer (${error})`,
      });
    },
  );

  test.each([
    ['421 4.3.2 shutting down', '421 4.3.2'],
    ['450 4.2.0 greylisted, come again', '450 4.2.0'],
    ['451 try later', '451'],
    ['452 4.2.2 mailbox full', '452 4.2.2'],
  ])('%s is tried again', (text, reason) => {
    expect(refused(text)).toEqual({ status: 'deferred', reason });
  });

  test.each([
    '550 5.7.1 policy',
    '554 5.7.26 unauthenticated mail',
    '530 5.7.0 STARTTLS first',
    '535 bad password',
  ])('%s speaks of us: nobody is blamed', (text) => expect(refused(text).status).toBe('deferred'));

  test.each([
    '550 5.1.1 no such user',
    '550-5.1.1 no such user',
    '550 5.1.10 null MX',
    '553 5.1.3 bad syntax',
  ])('%s suppresses the address', (text) =>
    expect(refused(text)).toMatchObject({ status: 'failed', suppress: true }),
  );

  test.each(['552 5.2.2 mailbox full', '554 no', '552 5.3.4 too big', '550 rejected'])(
    '%s fails this message and suppresses nobody',
    (text) => expect(refused(text)).toMatchObject({ status: 'failed', suppress: false }),
  );
});

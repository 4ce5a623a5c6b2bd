import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../src/delivery/reply.ts';

const said = (text: string, verb = 'RCPT TO', error?: string) =>
  outcomeOf({ accepted: false, code: Number(text.slice(0, 3)), verb, text, ...(error ? { error } : {}) });
const silent = (error: string) => outcomeOf({ accepted: false, error, text: 'gone' });
const again = (reason: string) => ({ status: 'deferred', reason, blame: 'message' });
const us = (reason: string) => ({ status: 'deferred', reason, blame: 'us' });
const never = (reason: string) => ({ status: 'failed', reason, suppress: false });
const nobody = (reason: string) => ({ status: 'failed', reason, suppress: true });

describe('what a reply means', () => {
  test('250 is sent', () => {
    expect(outcomeOf({ accepted: true, text: '250 2.0.0 queued' })).toEqual({ status: 'sent' });
  });

  test.each([
    ['450 4.2.0 greylisted, come again', again('450 4.2.0')],
    ['451 4.7.1 greylisted, come again', again('451 4.7.1')],
    ['450 busy', again('450')],
    ['451 try later', again('451')],
    ['452 4.2.2 mailbox full', again('452 4.2.2')],
    ['452 4.5.3 too many recipients', again('452 4.5.3')],
  ])('%s: this message, later', (text, outcome) => expect(said(text)).toEqual(outcome));

  test.each([
    ['421 4.3.2 shutting down', 'RCPT TO', us('421 4.3.2')],
    ['421 4.7.0 too many connections', 'CONN', us('421 4.7.0')],
    ['554 no mail here', 'CONN', us('554')],
    ['550 5.1.1 who are you', 'EHLO', us('550 5.1.1')],
    ['550 5.1.1 who are you', 'HELO', us('550 5.1.1')],
    ['530 5.7.0 STARTTLS first', 'MAIL FROM', us('530 5.7.0')],
    ['535 5.7.8 bad password', 'AUTH PLAIN', us('535 5.7.8')],
    ['534 5.7.9 mechanism too weak', 'AUTH PLAIN', us('534 5.7.9')],
    ['454 4.7.0 temporary authentication failure', 'AUTH PLAIN', again('454 4.7.0')],
    ['550 5.7.1 policy', 'DATA', us('550 5.7.1')],
    ['550-5.7.26 unauthenticated mail', 'DATA', us('550 5.7.26')],
    ['554 5.7.0 blocked', 'RCPT TO', us('554 5.7.0')],
    ['550 5.1.8 bad sender', 'RCPT TO', us('550 5.1.8')],
    ['553 sender refused', 'MAIL FROM', us('553')],
  ])('%s to %s speaks of us: everybody waits, nobody is blamed', (text, verb, outcome) => {
    expect(said(text, verb)).toEqual(text.startsWith('454') ? outcome : { ...outcome, blame: 'us' });
  });

  test('a refused login is about us whatever its code', () => {
    expect(said('454 4.7.0 temporary authentication failure', 'AUTH PLAIN', 'EAUTH')).toEqual(
      us('454 4.7.0'),
    );
  });

  test.each([
    ['550 5.1.1 no such user', nobody('550 5.1.1')],
    ['550-5.1.1 no such user', nobody('550 5.1.1')],
    ['550 5.1.2 no such domain', nobody('550 5.1.2')],
    ['553 5.1.3 bad syntax', nobody('553 5.1.3')],
    ['551 5.1.6 moved', nobody('551 5.1.6')],
    ['556 5.1.10 null MX', nobody('556 5.1.10')],
  ])('%s: the address is not written to again', (text, outcome) => expect(said(text)).toEqual(outcome));

  test.each([
    ['552 5.2.2 mailbox full', never('552 5.2.2')],
    ['552 5.2.3 message too long for the mailbox', never('552 5.2.3')],
    ['552 5.3.4 too big for the system', never('552 5.3.4')],
    ['550 5.2.1 mailbox disabled', never('550 5.2.1')],
    ['552 storage exceeded', never('552')],
    ['554 transaction failed', never('554')],
    ['550 rejected', never('550')],
  ])('%s: not this message, and nobody is suppressed', (text, outcome) =>
    expect(said(text)).toEqual(outcome),
  );

  test('a message too big to be announced is its own fault, not ours', () => {
    expect(said('552 5.3.4 too big', 'MAIL FROM')).toEqual(never('552 5.3.4'));
  });

  test('a server without STARTTLS is no reason to fail anybody', () => {
    expect(said('500 STARTTLS not offered', 'STARTTLS', 'ETLS')).toEqual(us('no answer (ETLS)'));
  });

  test.each(['UNREACHABLE', 'ETLS', 'EAUTH'])('no answer because of %s: everybody waits', (error) => {
    expect(silent(error)).toEqual(us(`no answer (${error})`));
  });

  test.each(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET'])(
    'no answer because of %s: perhaps taken, the same message again',
    (error) => {
      expect(silent(error)).toEqual(again(`no answer (${error})`));
    },
  );

  test('whatever a server says, a message is sent only when it was accepted, and a reader suppressed only by 5.1.x', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.string(), fc.string(), (code, words, verb) => {
        const outcome = outcomeOf({ accepted: false, code, verb, text: `${code} ${words}` });
        expect(outcome.status).not.toBe('sent');
        if (outcome.status === 'failed' && outcome.suppress) expect(outcome.reason).toMatch(/^5\d\d 5\.1\./);
      }),
    );
  });
});

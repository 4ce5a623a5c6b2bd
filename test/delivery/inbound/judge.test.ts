import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, storyOf } from '../../../src/delivery/inbound/judge.ts';

const judged = (answer: string, { status = '', story = '' } = {}) =>
  judge({ status, answer, story: storyOf(story) });

describe('a refusal is for good', () => {
  test.each([
    ['550 5.1.1 <ada@reader.example>: Recipient address rejected', '5.1.1', 'no such mailbox'],
    ['550-5.1.1 nobody of that name', '5.1.1', 'no such mailbox'],
    ['553 5.1.3 what is this', '5.1.3', 'not a valid address'],
    ['550 5.1.2 where is that', '5.1.2', 'no such domain'],
    ['551 5.1.6 gone from here', '5.1.6', 'mailbox has moved'],
    ['556 5.1.10 null MX', '5.1.10', 'domain takes no mail'],
    ['521 5.3.2 this host never takes mail', '5.3.2', 'domain takes no mail'],
    ['550 5.4.4 cannot route', '5.4.4', 'no such domain'],
    ['550 5.4.310 DNS domain reader.example does not exist', '5.4.310', 'no such domain'],
    ['550 5.4.1 Recipient address rejected: Access denied', '5.4.1', 'no such mailbox'],
    ['550 ada@reader.example... No such user', null, 'no such mailbox'],
    ['550 Sorry, user "ada" is unknown', null, 'no such mailbox'],
    ['550 the mailbox does not exist', null, 'no such mailbox'],
    ["554 dd This user doesn't have an account with us", null, 'no such mailbox'],
    ['550 Requested action not taken: mailbox unavailable', null, 'no such mailbox'],
    ['550 Destinataire inconnu', null, 'no such mailbox'],
    ['550 Der Empfänger ist hier unbekannt', null, 'no such mailbox'],
    ['550 El usuario no existe', null, 'no such mailbox'],
    ['550 用户不存在', null, 'no such mailbox'],
    ['550 this address is no longer in use', null, 'mailbox has moved'],
    ['550 Account closed', null, 'mailbox has moved'],
    ['host reader.example not found (NXDOMAIN)', null, 'no such domain'],
    ['450 4.1.1 User unknown', '4.1.1', 'no such mailbox'],
    ['550 5.2.1 User unknown', '5.2.1', 'no such mailbox'],
  ])('%s', (answer, status, reason) => expect(judged(answer)).toEqual({ severity: 'hard', status, reason }));
});

describe('a refusal may pass, or is not the mailbox’s fault', () => {
  test.each([
    ['552 5.2.2 no room', 'mailbox full'],
    ['550 5.1.1 the mailbox is full', 'mailbox full'],
    ['550 User ada is over quota', 'mailbox full'],
    ['452 insufficient storage', 'mailbox full'],
    ['550 Das Postfach ist voll', 'mailbox full'],
    ['450 4.7.1 Greylisted, user unknown to us so far', 'greylisted or limited by rate'],
    ['550 Too many messages from you, user unknown', 'greylisted or limited by rate'],
    ['421 4.7.0 rate limit reached', 'greylisted or limited by rate'],
    ['550 5.7.1 User unknown', 'refused by policy'],
    ['550 5.7.26 no DMARC alignment', 'refused by policy'],
    ['550 5.1.1 your IP is on a blocklist', 'refused by policy'],
    ['553 5.1.3 see https://check.spamhaus.org/x', 'refused by policy'],
    ['550 sender address does not exist', 'refused by policy'],
    ['550 Sender verify failed: unrouteable address', 'refused by policy'],
    ['550 5.1.8 bad sender', 'sender refused'],
    ['552 5.3.4 too long', 'message too big'],
    ['550 5.6.0 what a header', 'content refused'],
    ['550 5.2.0 something about the mailbox', 'mailbox trouble'],
    ['550 5.2.1 no mail for this one', 'mailbox disabled'],
    ['550 The account has been suspended', 'mailbox disabled'],
    ['450 user unknown', 'temporary trouble'],
    ['451 4.1.2 no such domain', 'temporary trouble'],
    ['Name service error: host not found, try again', 'network trouble'],
    ['connection timed out', 'network trouble'],
    ['554 5.4.6 mail loop', 'network trouble'],
    ['554 5.3.0 internal server error', 'mail system trouble'],
    ['550 5.4.7 gave up', 'expired'],
    ['554 Error: no valid recipients', 'mail system trouble'],
    ['550 rejected', 'no reason given'],
    ['550 This account may not exist', 'no reason given'],
    ['mail.reader.example does not exist', 'no reason given'],
    ['', 'no reason given'],
  ])('%s', (answer, reason) => expect(judged(answer)).toMatchObject({ severity: 'soft', reason }));
});

describe('codes and words', () => {
  test('the refusing server’s code counts before the reporting system’s', () => {
    expect(judged('550 5.7.1 go away', { status: '5.1.1' })).toMatchObject({
      severity: 'soft',
      status: '5.7.1',
    });
    expect(judged('550 5.1.1 nobody', { status: '5.0.0 (failed)' })).toMatchObject({
      severity: 'hard',
      status: '5.1.1',
    });
  });

  test('the reporting system’s code counts where the server gave none', () => {
    expect(judged('550 nope', { status: '5.1.1' })).toMatchObject({ severity: 'hard', status: '5.1.1' });
    expect(judged('550 nope', { status: '5.7.1' })).toMatchObject({ severity: 'soft', status: '5.7.1' });
  });

  test('plain words outweigh a guessed code, but not a passing one', () => {
    expect(judged('553 invalid recipient', { status: '5.3.0' }).severity).toBe('hard');
    expect(judged('553 invalid recipient', { status: '4.3.0' }).severity).toBe('soft');
    expect(judged('553 invalid recipient', { status: '5.2.2' }).severity).toBe('soft');
  });

  test('an address, a host or a link that looks like a reason is none', () => {
    expect(judged('550 5.1.1 <spam@junk.example> User unknown at mx.greylist.spam.example').severity).toBe(
      'hard',
    );
    expect(judged('550 unknown user, see https://help.example/policy/spam?blocked').severity).toBe('hard');
    expect(judged('550 <user.unknown@no-such-user.example> refused').severity).toBe('soft');
  });

  test('where a report contradicts itself the kinder reading holds', () => {
    const story = 'The mailbox of this person is full.';
    expect(judged('550 5.1.1 User unknown', { story })).toMatchObject({
      severity: 'soft',
      reason: 'mailbox full',
    });
    const guess = 'Perhaps the mailbox is full.';
    expect(judged('550 5.1.1 User unknown', { story: guess }).severity).toBe('hard');
  });

  test('an unknown user in answer to MAIL FROM or to the message is not the mailbox’s word', () => {
    const answer = '550 User unknown';
    expect(judged(answer, { story: 'said so in reply to RCPT TO command' }).severity).toBe('hard');
    expect(judged(answer, { story: 'said so in reply to end of DATA command' }).severity).toBe('soft');
    expect(judged(answer, { story: 'SMTP error after MAIL FROM:<us@digest.example>' }).severity).toBe('soft');
    expect(judged('550 5.1.1 User unknown', { story: '>>> DATA\n<<< 550 5.1.1 User unknown' }).severity).toBe(
      'hard',
    );
  });

  test('no code of subject 2 or 7 and none of class 4 is hard by itself', () => {
    const digits = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(fc.constantFrom('5.2', '5.7', '4.0', '4.1', '4.4', '4.5'), digits, (start, detail) => {
        expect(judged(`550 ${start}.${detail} no`).severity).toBe('soft');
        expect(judged('', { status: `${start}.${detail}` }).severity).toBe('soft');
      }),
    );
  });

  test('a full mailbox is never hard, whatever else is said', () => {
    const other = fc.constantFrom(
      '550 5.1.1',
      '551 5.1.6',
      'User unknown',
      'no such domain',
      'account closed',
    );
    fc.assert(
      fc.property(fc.array(other), fc.array(other), (before, after) => {
        const answer = [...before, 'mailbox is full', ...after].join(' ');
        expect(judged(answer)).toMatchObject({ severity: 'soft', reason: 'mailbox full' });
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { mailgun } from '../../../src/delivery/webhooks/mailgun.ts';
import { postmark } from '../../../src/delivery/webhooks/postmark.ts';
import { resend } from '../../../src/delivery/webhooks/resend.ts';
import { sendgrid } from '../../../src/delivery/webhooks/sendgrid.ts';
import { silent } from '../../../src/lib/log.ts';
import { events, mailgunCall } from '../../support/webhooks.ts';
import { ADDRESS, DELIVERY, kinds, MESSAGE_ID, now } from './message.ts';

const reach = { now: () => now, log: silent, fetch: globalThis.fetch };

const body = (content: unknown) => Buffer.from(JSON.stringify(content));

describe('Postmark', () => {
  const { read } = postmark(reach);
  const { bounce, change } = events.postmark;

  test.each([
    ['HardBounce', '550 5.1.1 unknown', ['bounce-hard']],
    ['BadEmailAddress', '', ['bounce-hard']],
    ['HardBounce', '552 5.2.2 mailbox full', ['bounce-soft']],
    ['HardBounce', '550 5.7.1 blocked', ['bounce-soft, ours']],
    ['SoftBounce', '', ['bounce-soft']],
    ['DnsError', '', ['bounce-soft']],
    ['Blocked', '', ['bounce-soft, ours']],
    ['SpamNotification', '', ['bounce-soft, ours']],
    ['Unsubscribe', '', ['unsubscribe']],
    ['SpamComplaint', '', ['complaint']],
    ['Transient', '', []],
    ['AutoResponder', '', []],
    ['Subscribe', '', []],
  ])('%s (%s) is %j', (Type, Details, expected) => {
    expect(kinds(read(body(bounce(ADDRESS, { Type, Details }))))).toEqual(expected);
  });

  test.each([
    ['ManualSuppression', true, ['unsubscribe']],
    ['HardBounce', true, ['bounce-hard']],
    ['SpamComplaint', true, ['complaint']],
    ['HardBounce', false, []],
  ])('a subscription change for %s (%s) is %j', (reason, suppress, expected) => {
    expect(kinds(read(body(change(ADDRESS, reason, suppress))))).toEqual(expected);
  });

  test.each(['SpamComplaint', 'Delivery', 'Open', 'Inbound'])('a record of type %s', (RecordType) => {
    expect(kinds(read(body({ ...bounce(ADDRESS), RecordType })))).toEqual(
      RecordType === 'SpamComplaint' ? ['complaint'] : [],
    );
  });
});

describe('Mailgun', () => {
  const { read } = mailgun(reach);
  const told = (fields: object) =>
    read(Buffer.from(mailgunCall(events.mailgun(ADDRESS, fields, MESSAGE_ID.slice(1, -1)), now).body));

  test.each([
    [{}, ['bounce-hard']],
    [{ reason: 'suppress-bounce', 'delivery-status': { code: 605, message: '' } }, ['bounce-hard']],
    [{ 'delivery-status': { code: 552, message: '5.2.2 over quota' } }, ['bounce-soft']],
    [{ reason: 'espblock', 'delivery-status': { message: '5.7.1 blocked' } }, ['bounce-soft, ours']],
    [{ reason: 'old', 'delivery-status': { message: 'Too old' } }, ['bounce-soft']],
    [{ reason: 'suppress-complaint' }, ['complaint']],
    [{ reason: 'suppress-unsubscribe' }, ['unsubscribe']],
    [{ severity: 'temporary' }, []],
    [{ event: 'complained' }, ['complaint']],
    [{ event: 'unsubscribed' }, ['unsubscribe']],
    [{ event: 'delivered' }, []],
    [{ event: 'rejected' }, []],
  ])('%o is %j', (fields, expected) => {
    expect(kinds(told(fields))).toEqual(expected);
  });

  test('hands our Message-ID back', () => {
    expect(told({})?.[0]).toMatchObject({
      id: 'mailgun:event-1',
      deliveryId: DELIVERY,
      at: new Date(1778140800_500),
    });
  });
});

describe('SendGrid', () => {
  const { read } = sendgrid(reach);

  test.each([
    [{}, ['bounce-hard']],
    [{ reason: '552 5.2.2 over quota', status: '5.2.2' }, ['bounce-soft']],
    [{ type: 'blocked', reason: '', status: '' }, ['bounce-soft']],
    [{ type: 'blocked', bounce_classification: 'Reputation', reason: '', status: '' }, ['bounce-soft, ours']],
    [{ bounce_classification: 'Content', reason: '550', status: '' }, ['bounce-soft, ours']],
    [{ bounce_classification: 'Invalid Address', reason: '550', status: '5.0.0' }, ['bounce-hard']],
    [{ event: 'dropped', reason: 'Bounced Address' }, ['bounce-hard']],
    [{ event: 'dropped', reason: 'Invalid' }, ['bounce-hard']],
    [{ event: 'dropped', reason: 'Spam Reporting Address' }, ['complaint']],
    [{ event: 'dropped', reason: 'Unsubscribed Address' }, ['unsubscribe']],
    [{ event: 'dropped', reason: 'Invalid SMTPAPI header' }, []],
    [{ event: 'spamreport' }, ['complaint']],
    [{ event: 'unsubscribe' }, ['unsubscribe']],
    [{ event: 'group_unsubscribe' }, ['unsubscribe']],
    [{ event: 'deferred' }, []],
    [{ event: 'delivered' }, []],
  ])('%o is %j', (fields, expected) => {
    expect(kinds(read(body([events.sendgrid(ADDRESS, fields)])))).toEqual(expected);
  });

  test('tells many at once, and one that cannot be read spoils no other', () => {
    const all = [
      events.sendgrid(ADDRESS),
      7,
      { event: 'bounce' },
      events.sendgrid('bob@example.org', { event: 'spamreport', sg_event_id: 'event-2' }, MESSAGE_ID),
    ];
    expect(read(body(all))).toEqual([
      expect.objectContaining({ id: 'sendgrid:event-1', address: ADDRESS, deliveryId: null }),
      expect.objectContaining({ id: 'sendgrid:event-2', address: 'bob@example.org', deliveryId: DELIVERY }),
    ]);
    expect(read(body({ not: 'a list' }))).toBeNull();
  });
});

describe('Resend', () => {
  const { read } = resend(reach);
  const details = (bounce: object) => ({ bounce });

  test.each([
    ['email.bounced', {}, ['bounce-hard']],
    ['email.bounced', details({ type: 'Permanent', subType: 'Suppressed' }), ['bounce-hard']],
    ['email.bounced', details({ type: 'Transient', subType: 'MailboxFull' }), ['bounce-soft']],
    ['email.bounced', details({ type: 'Undetermined' }), ['bounce-soft']],
    ['email.bounced', details({ type: 'Transient', subType: 'ContentRejected' }), ['bounce-soft, ours']],
    ['email.suppressed', {}, ['bounce-hard']],
    ['email.complained', {}, ['complaint']],
    ['email.delivery_delayed', {}, []],
    ['email.opened', {}, []],
  ])('%s %o is %j', (type, fields, expected) => {
    expect(kinds(read(body(events.resend(ADDRESS, type, fields))))).toEqual(expected);
  });

  test('hands our Message-ID back', () => {
    const headers = [{ name: 'Message-Id', value: MESSAGE_ID }];
    expect(read(body(events.resend(ADDRESS, 'email.bounced', { headers })))?.[0]?.deliveryId).toBe(DELIVERY);
  });
});

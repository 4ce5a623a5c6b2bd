import { describe, expect, test } from 'vitest';
import { ses } from '../../../src/delivery/webhooks/ses.ts';
import { silent } from '../../../src/lib/log.ts';
import { amazon, callOf, events, TOPIC } from '../../support/webhooks.ts';
import { ADDRESS, DELIVERY, kinds, MESSAGE_ID, now } from './message.ts';

const aws = amazon();
const reach = { now: () => now, log: silent, fetch: aws.fetch };

describe('Amazon SES', () => {
  const { read } = ses(reach);
  const told = (event: object) => read(Buffer.from(aws.notification(event).body));
  const { bounce, complaint, mail } = events.ses;

  test.each([
    [bounce(ADDRESS), ['bounce-hard']],
    [bounce(ADDRESS, { bounceSubType: 'OnAccountSuppressionList' }), ['bounce-hard']],
    [
      bounce(ADDRESS, {
        bouncedRecipients: [{ emailAddress: ADDRESS, diagnosticCode: 'smtp; 550 5.7.1 policy' }],
      }),
      ['bounce-soft, ours'],
    ],
    [bounce(ADDRESS, { bounceType: 'Transient', bounceSubType: 'MailboxFull' }), ['bounce-soft']],
    [bounce(ADDRESS, { bounceType: 'Transient', bounceSubType: 'ContentRejected' }), ['bounce-soft, ours']],
    [bounce(ADDRESS, { bounceType: 'Undetermined' }), ['bounce-soft']],
    [complaint(ADDRESS), ['complaint']],
    [complaint(ADDRESS, 'not-spam'), []],
    [{ notificationType: 'Delivery', mail: mail(ADDRESS) }, []],
    [{ eventType: 'DeliveryDelay', mail: mail(ADDRESS) }, []],
    [{ eventType: 'Rendering Failure', mail: mail(ADDRESS) }, []],
  ])('%j is %j', (event, expected) => {
    expect(kinds(told(event))).toEqual(expected);
  });

  test('hands our Message-ID back, and several recipients apart', () => {
    expect(told(bounce(ADDRESS, {}, MESSAGE_ID))?.[0]).toMatchObject({
      id: 'ses:feedback-1:0',
      deliveryId: DELIVERY,
    });
    const bouncedRecipients = [{ emailAddress: ADDRESS }, { emailAddress: 'bob@example.org' }];
    expect(told(bounce(ADDRESS, { bouncedRecipients }))?.map(({ id, address }) => [id, address])).toEqual([
      ['ses:feedback-1:0', ADDRESS],
      ['ses:feedback-1:1', 'bob@example.org'],
    ]);
  });

  test('is believed by either version of its signature, for our topic only', async () => {
    const { verify } = ses(reach);
    const event = bounce(ADDRESS);
    expect(await verify(callOf(aws.notification(event, '1')), TOPIC)).toBe(true);
    expect(await verify(callOf(aws.notification(event, '2')), TOPIC)).toBe(true);
    expect(await verify(callOf(aws.notification(event)), `${TOPIC}-of-another`)).toBe(false);
    const other = aws.message({ Message: JSON.stringify(event), TopicArn: `${TOPIC}-of-another` });
    expect(await verify(callOf(other), TOPIC)).toBe(false);
  });

  test('has its certificate fetched once, and from Amazon only', async () => {
    const own = amazon();
    const { verify } = ses({ ...reach, fetch: own.fetch });
    const message = (SigningCertURL: string) => callOf(own.message({ Message: '{}', SigningCertURL }));
    for (const url of [
      'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
      'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem',
      'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem',
      'https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
      'https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
      'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0.pem',
      'https://sns.eu-west-1.amazonaws.com/?Action=Anything&x=SimpleNotificationService-0.pem',
      'file:///etc/passwd',
      '',
    ])
      expect(await verify(message(url), TOPIC)).toBe(false);
    expect(own.visits).toEqual([]);
    for (let i = 0; i < 3; i++) expect(await verify(callOf(own.notification({})), TOPIC)).toBe(true);
    expect(own.visits).toHaveLength(1);
    const absent = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-absent.pem';
    expect(await verify(message(absent), TOPIC)).toBe(false);
  });

  test('calls again when its certificate cannot be fetched now', async () => {
    const own = amazon();
    own.goAway(true);
    const { verify } = ses({ ...reach, fetch: own.fetch });
    const call = callOf(own.notification({}));
    await expect(verify(call, TOPIC)).rejects.toThrow('fetch failed');
    own.goAway(false);
    expect(await verify(call, TOPIC)).toBe(true);
  });

  test('has its subscription confirmed at its own door only', async () => {
    const own = amazon();
    const { greet } = ses({ ...reach, fetch: own.fetch });
    const door = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x';
    await greet?.(Buffer.from(own.confirmation('https://evil.example/?Action=ConfirmSubscription').body));
    await greet?.(Buffer.from(own.notification({}).body));
    expect(own.visits).toEqual([]);
    await greet?.(Buffer.from(own.confirmation(door).body));
    expect(own.visits).toEqual([door]);
    expect(read(Buffer.from(own.confirmation(door).body))).toEqual([]);
  });
});

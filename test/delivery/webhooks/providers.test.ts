import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryIn } from '../../../src/delivery/addresses.ts';
import { mailgun } from '../../../src/delivery/webhooks/mailgun.ts';
import { postmark } from '../../../src/delivery/webhooks/postmark.ts';
import { instantOf, type Provider } from '../../../src/delivery/webhooks/provider.ts';
import { resend } from '../../../src/delivery/webhooks/resend.ts';
import { sendgrid } from '../../../src/delivery/webhooks/sendgrid.ts';
import { ses } from '../../../src/delivery/webhooks/ses.ts';
import { silent } from '../../../src/lib/log.ts';
import {
  amazon,
  callOf,
  events,
  MAILGUN_KEY,
  mailgunCall,
  POSTMARK_SECRET,
  postmarkCall,
  RESEND_SECRET,
  resendCall,
  SENDGRID_KEY,
  type Sent,
  sendgridCall,
  TOPIC,
} from '../../support/webhooks.ts';
import { ADDRESS, DELIVERY, kinds, MESSAGE_ID, now } from './message.ts';

const aws = amazon();
const reach = { now: () => now, log: silent, fetch: aws.fetch };
const minutes = (n: number) => new Date(now.getTime() + n * 60_000);

const providers: Record<
  string,
  { provider: Provider; secret: string; sent: (at: Date, secret?: string) => Sent }
> = {
  postmark: {
    provider: postmark(reach),
    secret: POSTMARK_SECRET,
    sent: (_at, secret) => postmarkCall(events.postmark.bounce(ADDRESS), secret),
  },
  mailgun: {
    provider: mailgun(reach),
    secret: MAILGUN_KEY,
    sent: (at, secret) => mailgunCall(events.mailgun(ADDRESS), at, secret),
  },
  sendgrid: {
    provider: sendgrid(reach),
    secret: SENDGRID_KEY,
    sent: (at, secret) =>
      sendgridCall(
        [events.sendgrid(ADDRESS)],
        at,
        secret ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : undefined,
      ),
  },
  resend: {
    provider: resend(reach),
    secret: RESEND_SECRET,
    sent: (at, secret) => resendCall(events.resend(ADDRESS, 'email.bounced'), at, secret),
  },
  ses: {
    provider: ses(reach),
    secret: TOPIC,
    sent: (_at, secret) =>
      secret
        ? amazon().notification(events.ses.bounce(ADDRESS))
        : aws.notification(events.ses.bounce(ADDRESS)),
  },
};
const WRONG = `whsec_${Buffer.from('a secret of somebody else').toString('base64')}`;

describe.each(Object.entries(providers))('%s', (name, { provider, secret, sent }) => {
  test('is believed when it signs with what it shares with us', async () => {
    const call = callOf(sent(now));
    expect(await provider.verify(call, secret)).toBe(true);
    expect(kinds(provider.read(call.body))).toEqual(['bounce-hard']);
    expect(provider.read(call.body)?.[0]).toMatchObject({
      id: expect.stringMatching(new RegExp(`^${name}:.`)),
      address: ADDRESS,
      detail: expect.stringContaining(name === 'resend' ? 'General' : '5.1.1'),
    });
  });

  test('is not believed when anybody else signs, or nobody', async () => {
    expect(await provider.verify(callOf(sent(now, WRONG)), secret)).toBe(false);
    expect(await provider.verify(callOf({ headers: {}, body: '' }), secret)).toBe(false);
    expect(
      await provider.verify(
        callOf({ headers: {}, body: sent(now).body.replace(/"[Ss]ignature"/g, '"x"') }),
        secret,
      ),
    ).toBe(false);
  });

  test('tells the same event by the same id', () => {
    const [one, again] = [sent(now), sent(minutes(3))].map(
      (call) => provider.read(callOf(call).body)?.[0]?.id,
    );
    expect(one).toBe(again);
    expect(one).toMatch(/:.+/);
  });

  test('whatever it sends is read or refused', async () => {
    const text = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), mutated(sent(now).body));
    const headers = fc.dictionary(
      fc.constantFrom(
        'authorization',
        'svix-id',
        'svix-timestamp',
        'svix-signature',
        'x-twilio-email-event-webhook-timestamp',
        'x-twilio-email-event-webhook-signature',
      ),
      fc.oneof(fc.stringMatching(/^[ -~]{0,60}$/), fc.constant('Basic Og=='), fc.constant('v1,')),
    );
    await fc.assert(
      fc.asyncProperty(text, headers, async (text, headers) => {
        const call = callOf({ headers, body: text });
        expect(await provider.verify(call, secret)).toBeTypeOf('boolean');
        for (const one of provider.read(call.body) ?? []) {
          expect(one.id.startsWith(`${name}:`)).toBe(true);
          expect(Number.isNaN(one.at.getTime())).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

// The others sign nothing, or not the event.
test.each(['sendgrid', 'resend', 'ses'])(
  'what %s signed and somebody changed is not believed',
  async (name) => {
    const { provider, secret, sent } = providers[name] as (typeof providers)[string];
    const right = sent(now);
    const changed = { ...right, body: right.body.replace('example.org', 'example.com') };
    expect(changed.body).not.toBe(right.body);
    expect(await provider.verify(callOf(changed), secret)).toBe(false);
  },
);

/** A JSON text with a value here and there replaced by something else. */
const mutated = (text: string) =>
  fc.tuple(fc.nat(30), fc.jsonValue({ maxDepth: 2 })).map(([at, other]) => {
    let seen = 0;
    return JSON.stringify(JSON.parse(text), (key, value) => (key !== '' && seen++ === at ? other : value));
  });

describe('a signature', () => {
  test.each([
    ['resend', 4, 6],
    ['mailgun', 11 * 60, 13 * 60],
    ['sendgrid', 24 * 60, 26 * 60],
  ])('of %s is good for a while, %d minutes, and not for %d', async (name, before, after) => {
    const { provider, secret, sent } = providers[name] as (typeof providers)[string];
    expect(await provider.verify(callOf(sent(minutes(-before))), secret)).toBe(true);
    expect(await provider.verify(callOf(sent(minutes(-after))), secret)).toBe(false);
    expect(await provider.verify(callOf(sent(minutes(4))), secret)).toBe(true);
    expect(await provider.verify(callOf(sent(minutes(6))), secret)).toBe(false);
  });

  test('of Postmark is the secret itself, in the URL or as a password', () => {
    const { verify } = postmark(reach);
    const basic = (text: string) => ({
      headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
      body: '{}',
    });
    expect(verify(callOf(basic(`paperboy:${POSTMARK_SECRET}`)), POSTMARK_SECRET)).toBe(true);
    expect(verify(callOf(basic(`paperboy:${POSTMARK_SECRET}x`)), POSTMARK_SECRET)).toBe(false);
    expect(verify(callOf({ headers: {}, body: '{}', query: 'token=' }), POSTMARK_SECRET)).toBe(false);
  });
});

test('a delivery’s id is found in its Message-ID and nowhere else', () => {
  expect(deliveryIn(MESSAGE_ID)).toBe(DELIVERY);
  expect(deliveryIn(MESSAGE_ID.slice(1, -1).toUpperCase())).toBe(DELIVERY);
  for (const text of [undefined, '', DELIVERY, `<x${DELIVERY}@paperboy.test>`, `<${DELIVERY}@a b>`])
    expect(deliveryIn(text)).toBeNull();
});

test('an instant is what the provider wrote, or now', () => {
  expect(instantOf('2026-05-07T07:00:00Z', now)).toEqual(new Date('2026-05-07T07:00:00Z'));
  expect(instantOf(1778140800.5, now)).toEqual(new Date(1778140800500));
  for (const text of [undefined, 'yesterday', Number.NaN, Number.POSITIVE_INFINITY])
    expect(instantOf(text, now)).toEqual(now);
});

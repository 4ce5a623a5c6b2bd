import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Logger } from '../../src/lib/log.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { confirmedReader } from '../support/readers.ts';
import {
  amazon,
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
} from '../support/webhooks.ts';

const aws = amazon();
const lines: string[] = [];
const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
const log = { debug: write, info: write, warn: write, error: write } as unknown as Logger;
const app = await testApp({
  env: {
    WEBHOOK_SES_SECRET: `arn:aws:sns:eu-west-1:123456789012:another,${TOPIC}`,
    WEBHOOK_POSTMARK_SECRET: `the secret before this one,${POSTMARK_SECRET}`,
    WEBHOOK_MAILGUN_SECRET: MAILGUN_KEY,
    WEBHOOK_SENDGRID_SECRET: SENDGRID_KEY,
    WEBHOOK_RESEND_SECRET: RESEND_SECRET,
  },
  fetch: aws.fetch,
  log,
});
const web = createWeb(app);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback, editions CASCADE`;
  lines.length = 0;
});

/** A confirmed reader who has had a digest, and that digest's Message-ID. */
async function reader(email = 'ada@example.org') {
  const id = await confirmedReader(app, { email });
  const [editionDate, at] = [new Date('2026-05-06'), app.now()];
  const edition = { publishedAt: at, asOf: at, opensAt: at, notes: [] };
  await app.db.edition.upsert({
    where: { date: editionDate },
    create: { date: editionDate, ...edition },
    update: {},
  });
  const delivery = await app.db.delivery.create({
    data: { subscriberId: id, editionDate, status: 'sent', createdAt: at, nextAttemptAt: at },
  });
  return { id, messageId: `<${delivery.id}@paperboy.test>` };
}

const post = (provider: string, { headers, body, query }: Sent) =>
  web.request(`/webhooks/${provider}${query ? `?${query}` : ''}`, { method: 'POST', headers, body });
const stateOf = (id: string) => app.db.subscriber.findUniqueOrThrow({ where: { id } });

/** A bounce of a message of ours, to an address that is not the reader's own any more, or by address alone. */
const bounces: Record<string, (at: Date, address: string, messageId?: string) => Sent> = {
  ses: (_at, address, messageId) => aws.notification(events.ses.bounce(address, {}, messageId)),
  postmark: (_at, address) => postmarkCall(events.postmark.bounce(address)),
  mailgun: (at, address, messageId) => mailgunCall(events.mailgun(address, {}, messageId?.slice(1, -1)), at),
  sendgrid: (at, address, messageId) => sendgridCall([events.sendgrid(address, {}, messageId)], at),
  resend: (at, address, messageId) =>
    resendCall(
      events.resend(address, 'email.bounced', { headers: [{ name: 'Message-ID', value: messageId ?? 'x' }] }),
      at,
    ),
};

describe.each(Object.entries(bounces))('a webhook of %s', (provider, bounce) => {
  test('suppresses the reader whom it names, and told again changes nothing', async () => {
    const { id } = await reader();
    const call = bounce(app.now(), 'ada@example.org');
    const first = await post(provider, call);
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({ status: 'taken' });
    expect((await stateOf(id)).status).toBe('suppressed');
    await app.db.subscriber.update({ where: { id }, data: { status: 'active' } });
    expect((await post(provider, call)).status).toBe(200);
    expect((await post(provider, bounce(app.now(), 'ada@example.org'))).status).toBe(200);
    expect((await stateOf(id)).status).toBe('active');
    expect(await app.db.feedback.count()).toBe(1);
  });

  test('goes by our Message-ID before the address', async () => {
    const ada = await reader('ada@example.org');
    const bob = await reader('bob@example.org');
    await post(provider, bounce(app.now(), 'bob@example.org', ada.messageId));
    const hit = provider === 'postmark' ? bob : ada;
    expect(await app.db.feedback.findMany()).toMatchObject([{ subscriberId: hit.id }]);
  });

  test('about nobody of ours leaves no trace', async () => {
    const { id } = await reader();
    const nobody = '<00000000-0000-7000-8000-000000000000@paperboy.test>';
    expect((await post(provider, bounce(app.now(), 'nobody@example.org', nobody))).status).toBe(200);
    expect((await stateOf(id)).status).toBe('active');
    expect(await app.db.feedback.count()).toBe(0);
    expect(await app.db.suppression.count()).toBe(0);
  });

  test('without a right signature is refused with 401, and nothing happens', async () => {
    const { id } = await reader();
    const { body, headers } = bounce(app.now(), 'ada@example.org');
    const forged = body.replace(/"(signature|Signature)":"[^"]{4}/g, '"$1":"AAAA');
    for (const call of [
      { body: forged, headers: {} },
      { body: '', headers },
      { body: '{}', headers },
      {
        body: `${body} `.replace('5.1.1', '5.1.2').replace('email.bounced', 'email.complained'),
        headers: {},
      },
    ]) {
      const broken =
        provider === 'mailgun' ? { ...call, body: call.body.replace(/"token":"./, '"token":"!') } : call;
      expect((await post(provider, broken)).status).toBe(401);
    }
    expect((await stateOf(id)).status).toBe('active');
  });

  test('is not taken while the database is away, so that it comes again', async () => {
    const { id } = await reader();
    const db = { $transaction: () => Promise.reject(new Error('no database for ada@example.org')) } as never;
    const { headers, body, query } = bounce(app.now(), 'ada@example.org');
    const url = `/webhooks/${provider}${query ? `?${query}` : ''}`;
    const away = await createWeb({ ...app, db }).request(url, { method: 'POST', headers, body });
    expect(away.status).toBe(500);
    expect((await web.request(url, { method: 'POST', headers, body })).status).toBe(200);
    expect((await stateOf(id)).status).toBe('suppressed');
  });
});

describe('webhooks', () => {
  test('of a provider without a secret do not exist', async () => {
    const off = createWeb({
      ...app,
      config: { ...app.config, webhooks: { ...app.config.webhooks, ses: undefined } },
    });
    const { headers, body } = aws.notification(events.ses.bounce('ada@example.org'));
    expect((await off.request('/webhooks/ses', { method: 'POST', headers, body })).status).toBe(404);
    for (const name of ['mandrill', '__proto__', 'constructor', '%00'])
      expect((await web.request(`/webhooks/${name}`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await web.request('/webhooks/ses')).status).toBe(404);
  });

  test('take up to a megabyte, and no other page does', async () => {
    const many = Array.from({ length: 1500 }, (_, n) =>
      events.sendgrid(`nobody-${n}@example.org`, { event: 'delivered' }),
    );
    const call = sendgridCall(many, app.now());
    expect(call.body.length).toBeGreaterThan(300_000);
    expect((await post('sendgrid', call)).status).toBe(200);
    expect((await post('sendgrid', sendgridCall('x'.repeat(1_100_000), app.now()))).status).toBe(413);
    const form = { method: 'POST', body: new URLSearchParams({ email: 'x'.repeat(70_000) }) };
    expect((await web.request('/subscribe', form)).status).toBe(413);
  });

  test('in any order end alike: the complaint counts', async () => {
    for (const order of [0, 1]) {
      await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback CASCADE`;
      const { id } = await reader();
      const calls = [
        aws.notification(events.ses.complaint('ada@example.org')),
        aws.notification(
          events.ses.bounce('ada@example.org', { bounceType: 'Transient', feedbackId: 'soft' }),
        ),
        aws.notification(events.ses.bounce('ada@example.org')),
      ];
      for (const call of order ? calls.toReversed() : calls)
        expect((await post('ses', call)).status).toBe(200);
      expect((await stateOf(id)).status).toBe('suppressed');
      expect(await app.db.suppression.findMany()).toMatchObject([{ reason: 'complaint' }]);
    }
  });

  test('that say nothing of a reader are taken and do nothing', async () => {
    const { id } = await reader();
    for (const call of [
      sendgridCall(
        [events.sendgrid('ada@example.org', { event: 'deferred' }), { event: 'new in 2030' }],
        app.now(),
      ),
      sendgridCall([], app.now()),
    ])
      expect((await post('sendgrid', call)).status).toBe(200);
    expect((await post('sendgrid', sendgridCall({ no: 'list' }, app.now()))).status).toBe(400);
    expect((await post('ses', aws.message({ Message: 'Successfully validated.' }))).status).toBe(200);
    expect((await stateOf(id)).status).toBe('active');
  });

  test('of a new SNS topic are confirmed, at Amazon only', async () => {
    aws.visits.length = 0;
    const door = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x';
    expect((await post('ses', aws.confirmation(door))).status).toBe(200);
    expect(
      (await post('ses', aws.confirmation('https://evil.example/?Action=ConfirmSubscription'))).status,
    ).toBe(200);
    expect((await post('ses', amazon().confirmation(`${door}&forged`))).status).toBe(401);
    expect(aws.visits.filter((url) => !url.endsWith('.pem'))).toEqual([door]);
  });

  test('tell the log no address and no secret', async () => {
    await reader();
    for (const [provider, bounce] of Object.entries(bounces)) {
      await post(provider, bounce(app.now(), 'ada@example.org'));
      await post(provider, { headers: {}, body: '{}', query: 'token=wrong' });
    }
    const db = { $transaction: () => Promise.reject(new Error('no database for ada@example.org')) } as never;
    const { headers, body, query } = postmarkCall(events.postmark.bounce('ada@example.org'));
    await createWeb({ ...app, db }).request(`/webhooks/postmark?${query}`, { method: 'POST', headers, body });
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(line).not.toContain('ada@example.org');
      expect(line).not.toContain(POSTMARK_SECRET);
      expect(line).not.toContain('token=');
    }
  });

  test('of any body are answered, and only by 200, 400 or 401', async () => {
    const { id } = await reader();
    const text = fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 }));
    const answers = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(bounces)),
        text,
        fc.boolean(),
        async (provider, text, signed) => {
          const call =
            signed && provider === 'postmark'
              ? { ...postmarkCall({}), body: text }
              : signed && provider === 'sendgrid'
                ? sendgridCall([text], app.now())
                : { headers: {}, body: text };
          const { status } = await post(provider, call);
          answers.add(status);
          expect([200, 400, 401]).toContain(status);
        },
      ),
      { numRuns: 200 },
    );
    expect(answers.size).toBe(3);
    expect((await stateOf(id)).status).toBe('active');
  });
});

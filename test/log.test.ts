import { expect, test } from 'vitest';
import { deliverDue } from '../src/delivery/deliver.ts';
import { takeFeedback } from '../src/delivery/feedback.ts';
import { receive } from '../src/delivery/inbound/receive.ts';
import { sendLetters } from '../src/delivery/letters.ts';
import { settleLedgers } from '../src/delivery/settle.ts';
import { watch } from '../src/delivery/watch/alerts.ts';
import { compose } from '../src/digests/compose.ts';
import { publish } from '../src/editions/publish.ts';
import { openLog } from '../src/lib/log.ts';
import { createWeb } from '../src/web/server.ts';
import { testApp } from './support/app.ts';
import { openMailbox } from './support/mailbox.ts';
import { addPapers } from './support/papers.ts';
import { form } from './support/site.ts';

test('a whole day, with all that can go wrong in it, leaves no address and no token in the log', async () => {
  let log = '';
  const failed = Promise.withResolvers<void>();
  const write = (line: string) => {
    log += line;
    if (line.includes('a job failed')) failed.resolve();
  };
  const mailbox = await openMailbox();
  mailbox.refuse.set('dead@example.org', '550 5.1.1 <dead@example.org> no such user');
  mailbox.refuse.set('full@example.org', '452 4.2.2 full@example.org is over quota');
  const app = await testApp({
    env: {
      SMTP_URL: mailbox.url,
      SOURCES: 'huggingface',
      ADMIN_TOKEN: 'open-sesame-open-sesame',
      METRICS_TOKEN: 'open-sesame-for-numbers',
      ALERT_EMAIL: 'operator@example.org',
      ALERT_WEBHOOK: 'https://hooks.test/services/secret-of-the-hook',
    },
    fetch: async (url) => Promise.reject(new Error(`cannot reach ${url}`)),
    log: openLog('debug', { write }),
  });
  const web = createWeb(app);
  const post = (path: string, fields: Record<string, string>) => web.request(path, form(fields));
  const names = ['ada', 'dead', 'full'];
  for (const name of names)
    await post('/subscribe', { email: `${name}@example.org`, topics: 'speculative decoding' });
  await sendLetters(app);
  const links = mailbox.mails.map(
    ({ parsed }) => /https:\/\/paperboy\.test(\/confirm\/[\w-]+)/.exec(parsed.text ?? '')?.[1],
  );
  for (const link of links) await post(link ?? '', {});
  await app.db.$executeRaw`UPDATE subscribers SET status = 'active'`;
  await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
  await publish(app, { date: '2026-05-06' });
  await compose(app);
  await deliverDue(app);
  await sendLetters(app);
  const text = mailbox.mails.map(({ parsed }) => parsed.text).join('\n');
  const tokens = [...text.matchAll(/https:\/\/paperboy\.test\/\w+\/([\w-]{40,})/g)].map(
    ([, token = '']) => token,
  );
  for (const token of tokens) {
    await web.request(`/preferences/${token}`);
    await web.request(`/digest/${token}`);
  }
  await takeFeedback(app, {
    id: 'x',
    kind: 'bounce-soft',
    address: 'ada@example.org',
    detail: 'ada@example.org is full',
    at: app.now(),
  });
  for (const page of ['/admin', '/metrics'])
    await web.request(page, { headers: { authorization: 'Bearer wrong-wrong-wrong-wrong' } });
  await web.request('/metrics', { headers: { authorization: 'Bearer open-sesame-for-numbers' } });
  await web.request('/admin/reader', {
    method: 'POST',
    body: new URLSearchParams({ address: 'ada@example.org' }),
    headers: { authorization: 'Bearer open-sesame-open-sesame' },
  });
  const bounce = Buffer.from(
    'From: mailer-daemon@example.org\r\nSubject: Undelivered\r\n\r\nada@example.org 5.1.1\r\n',
  );
  await receive(app, bounce, { from: '', to: `bounce+${'0'.repeat(52)}@paperboy.test` }, { trusted: true });
  // Nothing was read for days, and the operator's webhook does not answer.
  app.setNow('2026-05-10T09:00:00Z');
  await watch(app);
  await app.queue.work('watch', { concurrency: 1 }, async () => {
    throw new Error('duplicate key: Key (email_key)=(ada@example.org) already exists');
  });
  await app.queue.send('watch', {});
  await failed.promise;
  // A page that fails: what the database says of it may name what it was given.
  await app.db.$executeRaw`ALTER TABLE topics RENAME TO mislaid`;
  expect((await post('/subscribe', { email: 'ada@example.org', topics: 'agents' })).status).toBe(500);
  await app.db.$executeRaw`ALTER TABLE mislaid RENAME TO topics`;
  await post(`/unsubscribe/${tokens.at(-1) ?? ''}`, { 'List-Unsubscribe': 'One-Click' });
  await settleLedgers(app);
  await app.close();
  await mailbox.close();

  expect(tokens.length).toBeGreaterThan(3);
  for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  expect(log).toContain('deliveries attempted');
  expect(log).toContain('request failed');
  expect(log).toContain('Key (email_key)=([address]) already exists');
  expect(log).toContain('an alert did not reach the webhook');
  expect(log).not.toMatch(/[\w.+-]+@[\w-]+\.\w+/);
  for (const secret of [...tokens, 'wrong-wrong', 'open-sesame', 'secret-of-the-hook', 'a secret for tests'])
    expect(log).not.toContain(secret);
});

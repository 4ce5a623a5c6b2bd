import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { deliverDue } from '../src/delivery/deliver.ts';
import { takeFeedback } from '../src/delivery/feedback.ts';
import { sendLetters } from '../src/delivery/letters.ts';
import { settleLedgers } from '../src/delivery/settle.ts';
import { compose } from '../src/digests/compose.ts';
import { publish } from '../src/editions/publish.ts';
import { createWeb } from '../src/web/server.ts';
import { testApp } from './support/app.ts';
import { openMailbox } from './support/mailbox.ts';
import { addPapers } from './support/papers.ts';

test('a whole day, with all that can go wrong in it, leaves no address and no token in the log', async () => {
  let log = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log += chunk;
      done();
    },
  });
  const mailbox = await openMailbox();
  mailbox.refuse.set('dead@example.org', '550 5.1.1 <dead@example.org> no such user');
  mailbox.refuse.set('full@example.org', '452 4.2.2 full@example.org is over quota');
  const app = await testApp({
    env: { SMTP_URL: mailbox.url, SOURCES: 'huggingface', ADMIN_TOKEN: 'open-sesame-open-sesame' },
    log: pino({ level: 'debug', base: null }, stream),
  });
  const web = createWeb(app);
  const post = (path: string, fields: Record<string, string>) =>
    web.request(path, { method: 'POST', body: new URLSearchParams(fields) });
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
  await web.request('/admin', { headers: { authorization: 'Bearer wrong-wrong-wrong-wrong' } });
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
  expect(log).not.toMatch(/[\w.+-]+@[\w-]+\.\w+/);
  for (const secret of [...tokens, 'wrong-wrong', 'open-sesame', 'a secret for tests'])
    expect(log).not.toContain(secret);
});

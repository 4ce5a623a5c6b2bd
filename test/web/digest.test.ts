import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { parseSignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { createWeb } from '../../src/web/server.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { addPapers } from '../support/papers.ts';

let app: TestApp;
let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
  app = await testApp({ env: { SMTP_URL: mailbox.url, SOURCES: 'huggingface' } });
  await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
  const parsed = parseSignUp({ email: 'ada@example.org', topics: 'speculative decoding' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await subscribe(app, parsed.signUp);
  await app.db.$executeRaw`UPDATE subscribers SET status = 'active', confirmed_at = created_at`;
  await publish(app, { date: '2026-05-06' });
  await compose(app);
  await deliverDue(app);
});
afterAll(async () => {
  await app.close();
  await mailbox.close();
});

/** What a link of this site is for, of those that bear a token. */
const purposesIn = (html: string) => [
  ...new Set([...html.matchAll(/https:\/\/paperboy\.test\/(\w+)\/[\w-]{43}/g)].map(([, purpose]) => purpose)),
];

test('a digest that is opened in the browser can be passed on: it has none of its reader’s links', async () => {
  const mail = String(mailbox.mails[0]?.parsed.html);
  expect(purposesIn(mail).sort()).toEqual(['digest', 'preferences', 'taste', 'unsubscribe']);
  const address = /https:\/\/paperboy\.test(\/digest\/[\w-]{43})/.exec(mail)?.[1] ?? '';
  const web = createWeb(app);
  const page = await (await web.request(address)).text();
  expect(page).toContain('Speculative decoding with trees');
  expect(page).not.toContain('ada@example.org');
  expect(purposesIn(page)).toEqual(['digest']);
  expect(page).toContain('"https://paperboy.test/lost-link"');
  expect((await web.request('/lost-link')).status).toBe(200);
});

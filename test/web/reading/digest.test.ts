import { expect, test } from 'vitest';
import { deliverDue } from '../../../src/delivery/deliver.ts';
import { compose } from '../../../src/digests/compose.ts';
import { createWeb } from '../../../src/web/server.ts';
import { appWithMailbox } from '../../support/app.ts';
import { addEdition } from '../../support/papers.ts';
import { addReader } from '../../support/readers.ts';

const { app, mailbox } = await appWithMailbox({ env: { SOURCES: 'huggingface' } });
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
await addReader(app, { topics: ['speculative decoding'] });
await compose(app);
await deliverDue(app);

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

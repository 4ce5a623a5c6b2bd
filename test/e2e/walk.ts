import { html } from 'hono/html';
import type { Page } from 'playwright-core';
import { type Arrived, linkIn } from '../support/mailbox.ts';
import type { World } from './world.ts';

const READER = 'ada@example.org';
const TOPICS = 'LLM agents\nvideo generation\nreinforcement learning\n"world model"';

/** Told of a page that stands open, by a name such as `search-found`; a mail is a page too, `mail-digest`, and so is its text. */
export type Look = (name: string, page: Page) => Promise<void>;

/**
 * Opens every page and every mail, one after the other, as a reader comes by them, and last the operator's: what a page shows depends on what was
 * done before.
 */
export async function walk(world: World, page: Page, look: Look): Promise<void> {
  const visit = (path: string) => page.goto(world.url + path);
  const open = (mail: Arrived | undefined, purpose: string) => page.goto(linkIn(there(mail), purpose));
  const press = async (button: string, name: string) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: button }).first().click()]);
    await look(name, page);
  };
  const read = async (name: string, mail: Arrived | undefined) => {
    const { html: whole, subject, text } = there(mail).parsed;
    const other = await page.context().newPage();
    await other.setContent(whole || '');
    await look(`mail-${name}`, other);
    await other.setContent(String(await plain(`Subject: ${subject}\n\n${text}`)));
    await look(`mail-${name}-text`, other);
    await other.close();
  };

  for (const [name, path] of Object.entries(PLACES)) {
    await visit(path);
    await look(name, page);
  }
  await visit('/');
  // As a browser that checks nothing would send it.
  await page.evaluate(`{ const form = document.querySelector('#sign-up'); form.noValidate = true;
    form.elements.email.value = 'ada'; form.elements.topics.value = '"open'; }`);
  await press('Sign up', 'sign-up-wrong');

  await visit('/');
  await page.locator('#email').fill(READER);
  await page.locator('#topics').fill(TOPICS);
  await page.waitForLoadState('networkidle');
  await look('sign-up-filled', page);
  await press('Sign up', 'signed-up');
  const [confirmation] = await world.mailTo(READER);
  await read('confirm', confirmation);
  await open(confirmation, 'confirm');
  await look('confirm', page);
  await press('Yes, confirm', 'confirmed');
  const [welcome, digest] = await world.mailTo(READER);
  await read('welcome', welcome);
  await read('digest', digest);
  await open(digest, 'digest');
  await look('digest', page);

  await open(digest, 'taste');
  await look('taste', page);
  await press('More like this', 'taste-more');
  await open(digest, 'preferences');
  await look('preferences', page);
  await press('Save', 'preferences-saved');
  await press('A week', 'preferences-paused');
  await page.getByRole('button', { name: 'Resume now' }).click();
  await page.getByRole('link', { name: 'Your data' }).click();
  await look('data', page);
  await page.getByText('Delete me…').click();
  await look('data-erase', page);

  await visit('/lost-link');
  await page.locator('#email').fill(READER);
  await press('Send', 'lost-link-sent');
  await read('preferences', (await world.mailTo(READER))[0]);
  await fetch(`${world.url}/subscribe`, {
    method: 'POST',
    body: new URLSearchParams({ email: READER, topics: 'optics' }),
  });
  await read('already', (await world.mailTo(READER))[0]);

  await open(digest, 'unsubscribe');
  await look('unsubscribe', page);
  await press('Yes, unsubscribe', 'unsubscribed');
  const [goodbye] = await world.mailTo(READER);
  await read('goodbye', goodbye);
  await open(goodbye, 'resubscribe');
  await look('resubscribe', page);

  await page.setExtraHTTPHeaders({ authorization: `Bearer ${world.app.config.admin.token}` });
  await visit('/admin');
  await look('admin', page);
  await press('Pause sending', 'admin-paused');
  await press('Resume sending', 'admin-resumed');
  await press('Run again', 'admin-day-again');
  await page.getByLabel('A reader’s address').fill(READER);
  await press('History', 'admin-reader');
  await page.setExtraHTTPHeaders({});
}

/** What anybody may open. */
const PLACES: Record<string, string> = {
  today: '/',
  topic: '/?topic=LLM+agents',
  'topic-of-nothing': '/?topic=beekeeping',
  'topic-wrong': '/?topic=%22open',
  week: '/week/2026-W21',
  month: '/month/2026-05',
  archive: '/archive',
  search: '/search',
  'search-found': '/search?q=reinforcement+learning',
  'search-nothing': '/search?q=beekeeping',
  preview: '/preview?topics=LLM+agents;video+generation',
  'preview-of-nothing': '/preview?topics=beekeeping',
  'lost-link': '/lost-link',
  about: '/about',
  api: '/api',
  'not-found': '/nothing',
  'no-edition': '/?date=2026-05-01',
  'link-broken': '/preferences/x',
};

function there(mail: Arrived | undefined): Arrived {
  if (!mail) throw new Error('A mail did not come.');
  return mail;
}

const plain = (text: string) => html`<!doctype html><html lang="en"><head><title>Mail</title>
<meta name="color-scheme" content="light dark"></head><body><main><h1 hidden>Mail</h1>
<pre tabindex="0" style="white-space: pre-wrap; overflow-wrap: anywhere">${text}</pre></main></body></html>`;

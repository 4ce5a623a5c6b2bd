// Pictures of every page and every mail, light and dark, as wide as a telephone and as a desk, into shots/. Names behind
// the command choose some: `npm run shots -- today mail-digest`.
import { mkdirSync, rmSync } from 'node:fs';
import { html } from 'hono/html';
import type { Page } from 'playwright-core';
import { executable, openBrowser } from '../e2e/browser.ts';
import { type Arrived, linkIn } from '../support/mailbox.ts';
import { openWorld } from './world.ts';

const FOLDER = 'shots';
const WIDTHS = [360, 1280];
const SCHEMES = ['light', 'dark'] as const;
const READER = 'ada@example.org';
const TOPICS = 'LLM agents\nvideo generation\nreinforcement learning\n"world model"';

if (!executable) {
  console.error('There is no Chromium on this machine.');
  process.exit(1);
}
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
const [world, browser] = await Promise.all([openWorld(), openBrowser()]);
const page = await (await browser.newContext()).newPage();
const chosen = process.argv.slice(2);
let pictures = 0;
try {
  await shootAll();
  console.log(`${pictures} pictures in ${FOLDER}/`);
} finally {
  await browser.close();
  await world.close();
}

/** In the order of a reader's way, since what a page shows depends on what was done before. */
async function shootAll(): Promise<void> {
  await shootPublic();
  await visit('/#sign-up');
  await page.getByLabel('Your e-mail address').fill(READER);
  await page.locator('#topics').fill(TOPICS);
  await page.waitForLoadState('networkidle');
  await shoot('sign-up-filled');
  await press('Sign up', 'signed-up');

  const [confirmation] = await world.mailTo(READER);
  await shootMail('confirm', confirmation);
  await open(confirmation, 'confirm');
  await shoot('confirm');
  await press('Yes, confirm', 'confirmed');
  const [welcome, digest] = await world.mailTo(READER);
  await shootMail('welcome', welcome);
  await shootMail('digest', digest);
  await open(digest, 'digest');
  await shoot('digest');

  await open(digest, 'taste');
  await shoot('taste');
  await press('More like this', 'taste-more');
  await open(digest, 'preferences');
  await shoot('preferences');
  await press('Save', 'preferences-saved');
  await press('A week', 'preferences-paused');
  await page.getByRole('button', { name: 'Resume now' }).click();
  await page.getByRole('link', { name: 'Your data' }).click();
  await shoot('data');
  await visit('/lost-link');
  await page.getByLabel('e-mail', { exact: false }).fill(READER);
  await press('Send', 'lost-link-sent');
  await shootMail('preferences', (await world.mailTo(READER))[0]);
  await again(READER);
  await shootMail('already', (await world.mailTo(READER))[0]);

  await open(digest, 'unsubscribe');
  await shoot('unsubscribe');
  await press('Yes, unsubscribe', 'unsubscribed');
  await shootMail('goodbye', (await world.mailTo(READER))[0]);
}

async function shootPublic(): Promise<void> {
  const places: Record<string, string> = {
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
    'lost-link': '/lost-link',
    api: '/api',
    'not-found': '/nothing',
    'no-edition': '/?date=2026-05-01',
    'link-broken': '/preferences/x',
  };
  for (const [name, path] of Object.entries(places)) {
    await visit(path);
    await shoot(name);
  }
  await visit('/');
  // As a browser that checks nothing would send it.
  await page.evaluate(`{ const form = document.querySelector('#sign-up'); form.noValidate = true;
    form.elements.email.value = 'ada'; form.elements.topics.value = '"open'; }`);
  await press('Sign up', 'sign-up-wrong');
}

async function visit(path: string): Promise<void> {
  await page.goto(world.url + path);
}

async function open(mail: Arrived | undefined, purpose: string): Promise<void> {
  if (!mail) throw new Error('A mail is missing.');
  await page.goto(linkIn(mail, purpose));
}

async function press(button: string, name: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: button }).first().click()]);
  await shoot(name);
}

/** Signs an address up once more, as a form would. */
async function again(email: string): Promise<void> {
  await fetch(`${world.url}/subscribe`, {
    method: 'POST',
    body: new URLSearchParams({ email, topics: 'optics' }),
  });
}

async function shootMail(name: string, mail: Arrived | undefined): Promise<void> {
  if (!mail) throw new Error(`The mail “${name}” did not come.`);
  const { subject, text } = mail.parsed;
  const other = await page.context().newPage();
  await other.setContent(mail.parsed.html || '');
  await shoot(`mail-${name}`, other);
  await other.setContent(
    String(
      html`<meta name="color-scheme" content="light dark"><pre style="white-space: pre-wrap">Subject: ${subject}

${text}</pre>`,
    ),
  );
  await shoot(`mail-${name}-text`, other);
  await other.close();
}

async function shoot(name: string, what: Page = page): Promise<void> {
  if (chosen.length > 0 && !chosen.includes(name)) return;
  for (const width of WIDTHS)
    for (const colorScheme of SCHEMES) {
      await what.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await what.setViewportSize({ width, height: 800 });
      await what.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      pictures += 1;
    }
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkIn } from '../support/mailbox.ts';
import { executable, openBrowser } from './browser.ts';
import { openSite, type Site } from './site.ts';

describe.skipIf(!executable)('in a real browser', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openSite(), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  /** A page that notes whatever is asked of anybody but the site, and whatever the browser complains about. */
  async function open(options: { javaScriptEnabled?: boolean } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== site.url) foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    return { page, foreign, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  const heading = (page: Page) => page.locator('h1').innerText();

  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])(
    'a reader finds, signs up, confirms, changes, pauses, leaves and comes back, %s',
    async (_, javaScriptEnabled) => {
      const address = `ada-${javaScriptEnabled}@example.org`;
      await using opened = await open({ javaScriptEnabled });
      const { page } = opened;

      await page.goto(`${site.url}/search`);
      await page.getByRole('searchbox').fill('world models');
      await page.getByRole('button', { name: 'Search' }).click();
      expect(await page.locator('.paper h2').first().innerText()).toContain('World models that dream');
      await page.getByRole('link', { name: 'Get this every day' }).click();
      expect(await page.getByLabel('Your topics', { exact: false }).inputValue()).toBe('world models');

      // What the topic would bring, before anybody has signed up for it.
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'See what they would bring' }).click();
      await page
        .getByText(/14 papers in 14 days/i)
        .first()
        .waitFor();
      await page.getByLabel('Your e-mail address').fill(address);
      await page.getByRole('button', { name: 'Sign up' }).click();
      expect(await heading(page)).toBe('Look into your inbox');
      const [confirmation] = await site.mailTo(address);
      if (!confirmation) throw new Error('no confirmation arrived');
      await page.goto(linkIn(confirmation, 'confirm'));
      await page.getByRole('button', { name: 'Yes, confirm' }).click();
      expect(await heading(page)).toBe('You are subscribed');

      const mails = await site.mailTo(address);
      expect(mails.map(({ parsed }) => parsed.subject)).toEqual([
        'Welcome to Paperboy',
        expect.stringContaining('World models that dream'),
      ]);
      const digest = mails[1];
      if (!digest) throw new Error('no digest arrived');
      await page.goto(linkIn(digest, 'digest'));
      expect(await page.locator('.paper h2').first().innerText()).toBe('World models that dream');

      await page.goto(linkIn(digest, 'preferences'));
      await page.getByLabel('Your topics', { exact: false }).fill('speculative decoding');
      await page.getByRole('button', { name: 'Save' }).click();
      expect(await page.getByRole('status').first().innerText()).toBe('Saved.');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).click();

      await page.goto(linkIn(digest, 'unsubscribe'));
      await page.getByRole('button', { name: 'Yes, unsubscribe' }).click();
      expect(await heading(page)).toBe('You are unsubscribed');
      await page.getByRole('button', { name: /^Undo/ }).click();
      expect(await site.app.db.subscriber.findFirst({ where: { email: address } })).toMatchObject({
        status: 'active',
      });

      expect([opened.foreign, opened.complaints]).toEqual([[], []]);

      // As a mail program does it: RFC 8058.
      const header = String(digest.parsed.headers.get('list')?.toString() ?? '');
      expect(header).not.toBe('');
      const oneClick = linkIn(digest, 'unsubscribe');
      const answer = await fetch(oneClick, {
        method: 'POST',
        body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
        redirect: 'error',
      });
      expect(answer.status).toBe(200);
      expect(await site.app.db.subscriber.findFirst({ where: { email: address } })).toMatchObject({
        status: 'unsubscribed',
      });
    },
  );

  test('the front page is light, and nothing holds it up', async () => {
    const [html, css] = await Promise.all(
      ['/', '/style.css'].map(async (path) => {
        const answer = await fetch(site.url + path);
        return new Blob([await answer.arrayBuffer()]);
      }),
    );
    const compressed = async (blob: Blob | undefined) =>
      (await new Response(blob?.stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
        .byteLength;
    expect(await compressed(html)).toBeLessThan(60_000);
    expect(await compressed(css)).toBeLessThan(15_000);
    await using opened = await open();
    await opened.page.goto(site.url);
    const blocking = await opened.page.evaluate(
      '[...document.scripts].filter((s) => !s.defer && !s.async).length',
    );
    expect(blocking).toBe(0);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { executable, openBrowser } from './browser.ts';
import { walk } from './walk.ts';
import { openWorld } from './world.ts';

/** axe-core looks for what keeps people out: roles, labels, contrast, order of headings (WCAG 2.2 A and AA). */
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test.skipIf(!executable)(
  'no page and no mail keeps anybody out, in light and dark, on a desk and on a phone, or asks anything of others',
  { timeout: 600_000 },
  async () => {
    const [world, browser] = await Promise.all([openWorld(), openBrowser()]);
    const context = await browser.newContext();
    const foreign: string[] = [];
    context.on('request', (request) => {
      if (!/^(data|about):/.test(request.url()) && new URL(request.url()).origin !== world.url)
        foreign.push(request.url());
    });
    const found: Record<string, unknown> = {};
    try {
      await walk(world, await context.newPage(), async (name, page) => {
        for (const [colorScheme, width] of LOOKS) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 800 });
          const faults = await faultsOf(page);
          if (faults.length > 0) found[`${name}, ${colorScheme}, ${width} px`] = faults;
        }
      });
    } finally {
      await browser.close();
      await world.close();
    }
    expect(found).toEqual({});
    expect(foreign).toEqual([]);
  },
);

const LOOKS = [
  ['light', 1280],
  ['dark', 320],
] as const;

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations: string[] = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(', ')))`,
  );
  const tooWide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  return [...violations, ...(tooWide > 0 ? [`scrolls ${tooWide} px to the side`] : [])];
}

// Pictures of every page and every mail, light and dark, as wide as a telephone and as a desk, into shots/. Names behind
// the command choose some: `npm run shots -- today mail-digest`.
import { mkdirSync } from 'node:fs';
import { executable, openBrowser } from './browser.ts';
import { type Look, walk } from './walk.ts';
import { openWorld } from './world.ts';

const FOLDER = 'shots';
const WIDTHS = [360, 1280];
const SCHEMES = ['light', 'dark'] as const;

if (!executable) process.exit(1);
const chosen = process.argv.slice(2);
let pictures = 0;

const shoot: Look = async (name, page) => {
  if (chosen.length > 0 && !chosen.includes(name)) return;
  for (const width of WIDTHS)
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      pictures += 1;
    }
};

mkdirSync(FOLDER, { recursive: true });
const [world, browser] = await Promise.all([openWorld(), openBrowser()]);
try {
  await walk(world, await (await browser.newContext()).newPage(), shoot);
  console.log(`${pictures} pictures in ${FOLDER}/`);
} finally {
  await browser.close();
  await world.close();
}

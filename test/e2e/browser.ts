import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The system's Chromium, such as Debian's package of that name installs. */
export const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

if (!executable)
  console.warn('There is no Chromium on this machine, so nobody tries the pages in a browser.');

/** A browser that asks nothing of anybody but what its pages ask for. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(executable ? { executablePath: executable } : {}),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { silent } from '../../src/lib/log.ts';

/** Opens an app on a database that has nothing. */
export type Open = (options: { env?: Record<string, string> } & Overrides) => Promise<App>;

/** One on an embedded database, which goes with it. */
export const ownApp: Open = async ({ env = {}, ...overrides }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-eval-'));
  const config = loadConfig({ DATA_DIR: dataDir, SECRET: 'only for measuring', ...env });
  const app = await createApp(config, { log: silent, ...overrides });
  return {
    ...app,
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Database, type Db, openDatabase } from './lib/db.ts';
import { type Logger, openLog } from './lib/log.ts';
import { openQueue, type Queue } from './lib/queue.ts';
import { openSmtp, type Smtp } from './lib/smtp.ts';

/** What every effect takes first: the settings and the five things that reach outside of the process. */
export type App = {
  config: Config;
  /** The first signs links, all verify. */
  secrets: string[];
  db: Db;
  queue: Queue;
  smtp: Smtp;
  fetch: typeof globalThis.fetch;
  now: () => Date;
  /** A new random UUID. */
  uuid: () => string;
  log: Logger;
  /** Ends in the reverse order of the start. Repeatable. */
  close: () => Promise<void>;
};

export type Overrides = Partial<Pick<App, 'fetch' | 'now' | 'uuid' | 'log' | 'smtp'>>;

/** The queues and how their jobs fare; the handlers are in jobs/. */
export const QUEUES = [
  { name: 'ingest', expireInSeconds: 1800, retryLimit: 2, one: true },
  { name: 'publish', expireInSeconds: 900, retryLimit: 2, one: true },
  { name: 'compose', expireInSeconds: 900, retryLimit: 0, one: true },
  { name: 'deliver', expireInSeconds: 600, retryLimit: 5 },
  { name: 'letters', expireInSeconds: 300, retryLimit: 0, one: true },
  { name: 'settle', expireInSeconds: 900, retryLimit: 0, one: true },
] as const;

/** @throws when the database cannot be reached. The SMTP server may be away: the queue waits for it. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const log = overrides.log ?? openLog(config.logLevel);
  const database: Database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const queue = await openQueue({ url: database.url, queues: QUEUES, log });
  const smtp = overrides.smtp ?? openSmtp(config.smtp);
  let closing: Promise<void> | undefined;
  return {
    config,
    secrets: config.secrets ?? [ownSecret(config.dataDir)],
    db: database.db,
    queue,
    smtp,
    fetch: overrides.fetch ?? globalThis.fetch,
    now: overrides.now ?? (() => new Date()),
    uuid: overrides.uuid ?? randomUUID,
    log,
    close: () => {
      closing ??= (async () => {
        await queue.stop(30);
        smtp.close();
        await database.close();
      })();
      return closing;
    },
  };
}

/** Outside production a secret is made once and kept beside the data, so that links outlive a restart. */
function ownSecret(dataDir: string): string {
  const file = join(dataDir, 'secret');
  try {
    return readFileSync(file, 'utf8');
  } catch {
    mkdirSync(dataDir, { recursive: true });
    const secret = randomBytes(32).toString('base64url');
    try {
      writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
      return secret;
    } catch {
      return readFileSync(file, 'utf8');
    }
  }
}

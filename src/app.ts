import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Database, type Db, type Direct, openDatabase } from './lib/db.ts';
import { dkimSigner } from './lib/dkim.ts';
import { type Embedder, openEmbedder } from './lib/embedder.ts';
import { type Logger, openLog } from './lib/log.ts';
import type { Pieces } from './lib/pieces.ts';
import { openQueue, type Queue } from './lib/queue.ts';
import { openSmtp, type Smtp } from './lib/smtp/smtp.ts';
import { startTelemetry } from './lib/telemetry.ts';

/** What every effect takes first: the settings and the five things that reach outside of the process. */
export type App = {
  config: Config;
  /** The first signs links, all verify. */
  secrets: string[];
  db: Db;
  /** The same rows, for statements that are run for every message. */
  direct: Direct;
  /** The same rows, a moment later perhaps, for pages that only read. */
  reader: Db;
  queue: Queue;
  smtp: Smtp;
  /** RFC 5322 text with its DKIM signatures; without DKIM keys as it is. */
  sign: (raw: Pieces) => Promise<Pieces>;
  /** Null unless EMBEDDINGS is set: topics then match by their words alone. */
  embedder: Embedder | null;
  fetch: typeof globalThis.fetch;
  now: () => Date;
  /** A new random UUID. */
  uuid: () => string;
  log: Logger;
  /** Told at each step of a run or a delivery that a crash must not spoil; the fault tests end the process there. */
  reached: (step: Step) => void;
  /** Ends in the reverse order of the start. Repeatable. */
  close: () => Promise<void>;
};

/** Some composed; claimed and chosen, committed as being sent, answered by the server, written down. */
export type Step = 'composed' | 'claimed' | 'chosen' | 'begun' | 'answered' | 'settled';

export type Overrides = Partial<
  Pick<App, 'fetch' | 'now' | 'uuid' | 'log' | 'smtp' | 'reached' | 'embedder'>
>;

/** The queues and how their jobs fare; the handlers are in jobs/. */
export const QUEUES = [
  { name: 'ingest', expireInSeconds: 1800, retryLimit: 2, one: true },
  { name: 'publish', expireInSeconds: 900, retryLimit: 2, one: true },
  { name: 'again', expireInSeconds: 1800, retryLimit: 2, one: true },
  { name: 'compose', expireInSeconds: 900, retryLimit: 0, one: true },
  { name: 'deliver', expireInSeconds: 600, retryLimit: 5 },
  { name: 'letters', expireInSeconds: 300, retryLimit: 0, one: true },
  { name: 'settle', expireInSeconds: 900, retryLimit: 0, one: true },
  { name: 'forget', expireInSeconds: 3600, retryLimit: 0, one: true },
  { name: 'watch', expireInSeconds: 300, retryLimit: 0, one: true },
] as const;

/** What surrounds the process, for whoever has no app yet. */
export type Outside = Pick<App, 'fetch' | 'now' | 'uuid'>;

export const outside: Outside = {
  fetch: (...request) => globalThis.fetch(...request),
  now: () => new Date(),
  uuid: randomUUID,
};

/** @throws when the database cannot be reached. The SMTP server may be away: the queue waits for it. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const log = overrides.log ?? openLog(config.logLevel);
  for (const warning of config.warnings) log.warn({ warning }, 'a setting works but should be better');
  const { databaseUrl: url, databaseReplicaUrl, dataDir } = config;
  const replica = databaseReplicaUrl && {
    url: databaseReplicaUrl,
    onAway: (error: Error) =>
      log.warn({ error: error.message }, 'the replica is away: the database reads too'),
  };
  const endTelemetry = config.collector ? await startTelemetry(config.collector) : async () => {};
  const database: Database = await openDatabase({ url, dataDir, replica: replica || undefined });
  const queue = await openQueue({ url: database.url, queues: QUEUES, log });
  const smtp = overrides.smtp ?? openSmtp(config.smtp);
  let closing: Promise<void> | undefined;
  return {
    config,
    secrets: secretsOf(config),
    db: database.db,
    direct: database.direct,
    reader: database.reader,
    queue,
    smtp,
    sign: dkimSigner(config.dkim),
    embedder: overrides.embedder ?? embedderOf(config),
    fetch: overrides.fetch ?? outside.fetch,
    now: overrides.now ?? outside.now,
    uuid: overrides.uuid ?? outside.uuid,
    reached: overrides.reached ?? (() => {}),
    log,
    close: () => {
      closing ??= (async () => {
        await queue.stop(30);
        smtp.close();
        await database.close();
        await endTelemetry().catch(() => log.warn({}, 'the collector did not take the last spans'));
      })();
      return closing;
    },
  };
}

export const embedderOf = ({
  embeddings,
  dataDir,
}: Pick<Config, 'embeddings' | 'dataDir'>): Embedder | null =>
  embeddings && openEmbedder(embeddings, join(dataDir, 'models'));

/**
 * Outside production a secret is made once and kept beside the data, so that links outlive a restart. The file may have
 * several with commas between, as SECRET may, when a backup brought them.
 */
export function secretsOf({ secrets, dataDir }: Pick<Config, 'secrets' | 'dataDir'>): string[] {
  return secrets ?? ownSecret(dataDir).split(',');
}

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

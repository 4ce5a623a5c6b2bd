import { createWriteStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { type Outside, secretsOf } from '../app.ts';
import type { Config } from '../config.ts';
import { openConnection } from '../lib/db.ts';
import { countRows, dump } from '../lib/dump.ts';
import { appliedMigrations } from '../lib/migrate.ts';
import type { Answer, Terminal } from './command.ts';

/** The first line of a backup; its rows follow, `["table",{…}]` a line, and last their count. */
export type Header = { paperboy: typeof FORMAT; madeAt: string; migrations: string[]; secrets: string[] };
export const FORMAT = 1;

/**
 * Writes all tables and the secret that signs links into a new file, of one instant, beside a running service too. The
 * tables stay as they are, also when they are older than this version: before an upgrade is when a backup is made.
 */
export async function runBackup(
  file: string,
  { config, outside, terminal }: { config: Config; outside: Outside; terminal: Terminal },
): Promise<Answer> {
  const refuse = (why: string): Answer => ({ lines: [why], failed: true });
  if (existsSync(file)) return refuse(`${file} is there already; choose another name.`);
  if (lacksItsFolder(config)) return refuse(NONE);
  const { url, close } = await openConnection({ url: config.databaseUrl, dataDir: config.dataDir });
  const client = new pg.Client(url);
  const bar = terminal.progress('backup');
  try {
    await client.connect();
    const migrations = await appliedMigrations(client);
    if (migrations.length === 0) return refuse(NONE);
    const total = await countRows(client);
    const header: Header = {
      paperboy: FORMAT,
      madeAt: outside.now().toISOString(),
      migrations,
      secrets: secretsOf(config),
    };
    let rows = 0;
    const lines = async function* () {
      yield `${JSON.stringify(header)}\n`;
      for await (const { table, json } of dump(client)) {
        yield `["${table}",${json}]\n`;
        if (++rows % 1000 === 0) bar.update(rows, total);
      }
      yield `${rows}\n`;
    };
    // Whoever holds the file holds the readers' addresses and the secret.
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.from(lines()), createGzip(), out).catch(async (error) => {
      if (error.code !== 'EEXIST') await rm(file, { force: true });
      throw error;
    });
    return {
      data: { file, rows },
      lines: [`${rows} rows are in ${file}. It holds readers' addresses and the secret: keep it safe.`],
    };
  } finally {
    bar.stop();
    await client.end();
    await close();
  }
}

const NONE = 'There is no Paperboy here: look at DATABASE_URL, DATA_DIR and SECRET.';

/** Opening the database, or asking for the secret, would make a new one. */
function lacksItsFolder({ databaseUrl, dataDir, secrets }: Config): boolean {
  const lacks = (name: string) => !existsSync(join(dataDir, name));
  return (databaseUrl === undefined && lacks('postgres')) || (!secrets && lacks('secret'));
}

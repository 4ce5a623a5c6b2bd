import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getSystemErrorMessage } from 'node:util';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { openConnection } from '../lib/db.ts';
import { countRows, type DumpedRow, load } from '../lib/dump.ts';
import { appliedMigrations, knownMigrations, migrate } from '../lib/migrate.ts';
import { FORMAT } from './backup.ts';
import type { Answer, Terminal } from './command.ts';
import { minute } from './text.ts';

const header = z.object({
  paperboy: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  secrets: z.array(z.string()),
});

/**
 * Reads a backup into an empty database, with the tables as they were when it was made, and then brings them up to
 * date. All of it or nothing: a database that has rows is refused, and a file that breaks off leaves none.
 */
export async function runRestore(
  file: string,
  { config, terminal }: { config: Config; terminal: Terminal },
): Promise<Answer> {
  const refuse = (why: string): Answer => ({ lines: [why], failed: true });
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  const lines = createInterface({ input: source.pipe(gunzip) })[Symbol.asyncIterator]();
  let size: number;
  let first: IteratorResult<string>;
  try {
    size = (await stat(file)).size;
    first = await lines.next();
  } catch (error) {
    return refuse(whyUnread(file, error as NodeJS.ErrnoException));
  }
  const head = header.safeParse(parseJson(first.value ?? ''));
  if (!head.success) return refuse(`${file} is no backup of Paperboy.`);
  const { madeAt, migrations, secrets } = head.data;
  const strange = migrations.filter((name) => !knownMigrations().includes(name));
  if (strange.length > 0)
    return refuse(`It was made by a newer Paperboy (${strange.join(', ')}): restore it there.`);
  if (config.secrets && !secrets.every((secret) => config.secrets?.includes(secret)))
    return refuse(
      `SECRET lacks one that the backup was made with, so links in sent mail would break and suppressed addresses be written to. Add it, or unset SECRET to take the backup's; it is in the file's first line: zcat ${file} | head -1`,
    );
  const { url, close } = await openConnection({ url: config.databaseUrl, dataDir: config.dataDir });
  const client = new pg.Client(url);
  const bar = terminal.progress('restore');
  try {
    await client.connect();
    const present = await appliedMigrations(client);
    if ((await countRows(client)) > 0) return refuse(`The database is not empty. ${ANOTHER}`);
    if (present.some((name) => !migrations.includes(name)))
      return refuse(`The database has no rows, but its tables are newer than the backup. ${ANOTHER}`);
    await migrate(url, migrations);
    // Rows without the secret could not be mended: a second try is refused.
    if (!config.secrets) keepSecret(config.dataDir, secrets);
    const rows = await load(
      client,
      rowsIn(lines, () => bar.update(source.bytesRead, size)),
    );
    await migrate(url);
    return { data: { madeAt, rows }, lines: [`${rows} rows of ${minute(new Date(madeAt))} are back.`] };
  } finally {
    bar.stop();
    source.destroy();
    await client.end();
    await close();
  }
}

const ANOTHER =
  'Restore into a new one, which nothing was started on: another DATABASE_URL, or another DATA_DIR.';

const whyUnread = (file: string, { syscall, errno = 0 }: NodeJS.ErrnoException): string =>
  syscall ? `${file} cannot be read: ${getSystemErrorMessage(errno)}.` : `${file} is no backup of Paperboy.`;

/** @throws when the file ends before it should */
async function* rowsIn(lines: AsyncIterator<string>, onRow: () => void): AsyncGenerator<DumpedRow> {
  let count = 0;
  const damaged = (cause?: unknown) =>
    new Error(`The backup is damaged: it breaks off after ${count} rows. Nothing was restored.`, { cause });
  const following = () =>
    lines.next().catch((error) => {
      throw damaged(error);
    });
  for (let next = await following(); !next.done; next = await following()) {
    const [, table, json] = /^\["(\w+)",(.*)\]$/s.exec(next.value) ?? [];
    if (table === undefined || json === undefined) {
      if (next.value === String(count)) return;
      break;
    }
    count++;
    yield { table, json };
    if (count % 1000 === 0) onRow();
  }
  throw damaged();
}

/** Where an installation without SECRET keeps its own (app.ts). */
function keepSecret(dataDir: string, secrets: string[]): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'secret'), secrets.join(','), { mode: 0o600 });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

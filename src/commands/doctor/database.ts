import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Outside } from '../../app.ts';
import type { Config } from '../../config.ts';
import { openEmbedded } from '../../lib/embedded.ts';
import { migrationState } from '../../lib/migrate.ts';
import { whyUnusable } from './files.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The database as it is found: nothing is made or migrated. */
export async function checkDatabase(config: Config, { now }: Outside): Promise<Finding[]> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'postgres'))) {
    const why = await whyUnusable(dataDir);
    return why
      ? [fail('database', `cannot be made: ${why}`, 'Set DATA_DIR to another folder, or DATABASE_URL.')]
      : [ok('database', `embedded, made in ${dataDir} at the first start`)];
  }
  let embedded: Awaited<ReturnType<typeof openEmbedded>> | null = null;
  try {
    embedded = databaseUrl === undefined ? await openEmbedded(dataDir) : null;
    return await examine(databaseUrl ?? embedded?.url ?? '', embedded !== null, now);
  } catch (error) {
    return [fail('database', `cannot be reached: ${reasonOf(error)}`, todoFor(databaseUrl))];
  } finally {
    await embedded?.close();
  }
}

/** A refused connection comes as one error a tried address, without words of its own. */
const reasonOf = (error: unknown): string => {
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first.message : String(first);
};

const todoFor = (databaseUrl: string | undefined) =>
  databaseUrl === undefined
    ? 'Another process may hold DATA_DIR, or the folder is damaged: restore a backup (paperboy restore).'
    : 'Look at DATABASE_URL, and whether the server runs and lets this machine in.';

async function examine(url: string, embedded: boolean, now: Outside['now']): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return [
      await version(client, embedded),
      ...(embedded ? [] : await connections(client)),
      await migrations(client),
      await clock(client, now),
    ];
  } finally {
    await client.end();
  }
}

async function version(client: pg.Client, embedded: boolean): Promise<Finding> {
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
      current_setting('server_encoding') AS encoding`,
  );
  const [{ version, number, encoding }] = rows;
  const name = `PostgreSQL ${version}${embedded ? ', embedded' : ''}`;
  if (number < 150000) return fail('database', name, 'Paperboy needs PostgreSQL 15 or later.');
  if (encoding !== 'UTF8')
    return fail('database', `${name}, encoding ${encoding}`, 'Make the database anew with ENCODING UTF8.');
  return ok('database', name);
}

/** What one process holds at the most: Prisma's pool, the queue's, and a margin for a command beside it. */
const CONNECTIONS_OF_A_PROCESS = 16;

async function connections(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(
    `SELECT current_setting('max_connections')::int AS most, (SELECT count(*)::int FROM pg_stat_activity) AS taken`,
  );
  const [{ most, taken }] = rows;
  if (most - taken >= CONNECTIONS_OF_A_PROCESS) return [];
  return [
    warn(
      'database',
      `${taken} of ${most} connections are taken, and each process wants up to ${CONNECTIONS_OF_A_PROCESS}`,
      'Raise max_connections, or run fewer processes.',
    ),
  ];
}

async function migrations(client: pg.Client): Promise<Finding> {
  const { missing, unknown } = await migrationState(client);
  if (unknown.length > 0)
    return fail(
      'tables',
      `made by a newer Paperboy (${unknown.join(', ')})`,
      'Run that version, or restore a backup from before.',
    );
  if (missing.length > 0)
    return warn(
      'tables',
      `not up to date, missing: ${missing.join(', ')}`,
      'The next start brings them up to date; so does: paperboy migrate',
    );
  return ok('tables', 'up to date');
}

/** Leases and turns are reckoned with both clocks (delivery/ledger.ts, delivery/pace.ts). */
async function clock(client: pg.Client, now: Outside['now']): Promise<Finding> {
  const asked = now().getTime();
  const { rows } = await client.query('SELECT clock_timestamp() AS at');
  const here = (asked + now().getTime()) / 2;
  const seconds = Math.abs(rows[0].at.getTime() - here) / 1000;
  const found = `this machine and the database are ${seconds < 1 ? 'less than a second' : `${Math.round(seconds)} s`} apart`;
  if (seconds <= 2) return ok('clock', found);
  const todo = 'Have both keep time by NTP (timedatectl set-ntp true).';
  return seconds <= 60 ? warn('clock', found, todo) : fail('clock', found, todo);
}

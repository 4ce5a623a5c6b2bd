import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

const folder = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));
/** Any number that nobody else uses: while it is held, other processes wait to migrate. */
export const LOCK = 5_092_411;

/**
 * Applies the migrations that the database lacks, or those of `only` that it lacks, one process at a time. Where there is
 * nothing to do, the usual start, no lock is taken: a pooler that shares connections by the transaction may stand between,
 * and would leave the lock with one of them.
 */
export async function migrate(url: string, only: string[] = knownMigrations()): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const lacking = async () => (await migrationState(client)).missing.some((name) => only.includes(name));
  try {
    if (!(await lacking())) return [];
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    if (!(await lacking())) return [];
    return await withEngine(url, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: list(only), filters });
      return appliedMigrationNames;
    });
  } finally {
    await client.query('SELECT pg_advisory_unlock_all()').catch(() => {});
    await client.end();
  }
}

const filters = { externalTables: [], externalEnums: [] };

/**
 * The migrations that a database lacks, and those that it has and this version does not know. Cheap when there is nothing
 * to do (the usual start): the engine, 5 MB of WASM, is not even loaded.
 */
export async function migrationState(client: pg.Client): Promise<{ missing: string[]; unknown: string[] }> {
  const [names, applied] = [knownMigrations(), await appliedMigrations(client)];
  return {
    missing: names.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !names.includes(name)),
  };
}

export async function appliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows: found } = await client.query(`SELECT to_regclass('_prisma_migrations') AS name`);
  if (found[0]?.name == null) return [];
  const { rows } = await client.query<{ name: string }>(`
    SELECT migration_name AS name FROM _prisma_migrations
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Those of this version, oldest first. */
export const knownMigrations = (): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];

async function withEngine<T>(url: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  // The engine does not close what it opens, so the connections are ours.
  const pool = new pg.Pool({ connectionString: url });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const { SchemaEngine: Engine } = await import('@prisma/schema-engine-wasm');
  const engine = await Engine.new({ datamodels: undefined }, () => {}, adapter);
  try {
    return await use(engine);
  } finally {
    engine.free();
    await pool.end();
  }
}

function list(names: string[]) {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(`${folder}${name}/migration.sql`, 'utf8') },
      },
    })),
  };
}

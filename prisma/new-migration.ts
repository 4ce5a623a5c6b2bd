// `npm run migration -- NAME` writes prisma/migrations/<n>_NAME/migration.sql: the way from the schema at the last
// migration, kept beside the migrations, to today's. The engine insists on a database to speak to, so it gets an embedded
// one that is thrown away.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { openEmbedded } from '../src/lib/embedded.ts';

const prisma = fileURLToPath(new URL('.', import.meta.url));
const migrations = `${prisma}migrations/`;
const today = readFileSync(`${prisma}schema.prisma`, 'utf8');

const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('usage: npm run migration -- name_in_lower_case');
  process.exit(2);
}
const sql = await difference();
if (!sql || sql.startsWith('-- This is an empty migration')) {
  console.log('schema.prisma has not changed since the last migration; nothing to write.');
} else {
  mkdirSync(migrations, { recursive: true });
  const count = readdirSync(migrations, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  ).length;
  const folder = `${String(count + 1).padStart(4, '0')}_${name}`;
  mkdirSync(migrations + folder);
  writeFileSync(`${migrations}${folder}/migration.sql`, `${sql}\n`);
  writeFileSync(`${migrations}schema.prisma`, today);
  console.log(`wrote prisma/migrations/${folder}/migration.sql: read it before you commit it`);
}

async function difference(): Promise<string> {
  const before = existsSync(`${migrations}schema.prisma`)
    ? readFileSync(`${migrations}schema.prisma`, 'utf8')
    : undefined;
  const target = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ content, path: `${prisma}schema.prisma` }],
    configDir: prisma,
  });
  const scratch = mkdtempSync(join(tmpdir(), 'paperboy-migration-'));
  const database = await openEmbedded(scratch);
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: database.url }));
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
  const { stdout } = await engine.diff({
    from: before === undefined ? { tag: 'empty' } : target(before),
    to: target(today),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  await database.close();
  rmSync(scratch, { recursive: true });
  return (stdout ?? '').trim();
}

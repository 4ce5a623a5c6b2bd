import { defineConfig } from 'prisma/config';

// `prisma generate` is all that the Prisma command does here and it needs no engine of its own; naming any
// executable keeps it from downloading one. Migrations run in WASM: src/lib/migrate.ts.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });

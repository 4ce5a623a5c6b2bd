import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../generated/client.ts';
import type { Embedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { ReplicaPool } from './replica.ts';

export { Prisma };
export type Db = PrismaClient;
/** What a function needs when it may run inside a caller's transaction. */
export type Tx = Prisma.TransactionClient;

/**
 * Runs a statement past Prisma, which writes all parameters as one JSON text and reads it again: half of the CPU
 * (docs/speed.md). For what is run for every message. What it answers is as `pg` reads it.
 */
export type Direct = <Row>(statement: Prisma.Sql) => Promise<Row[]>;

const past =
  (pool: pg.Pool): Direct =>
  async <Row>({ text, values }: Prisma.Sql) =>
    (await pool.query({ text, values })).rows as Row[];

/** Statements that Postgres runs as they are: its just-in-time compiler takes many times longer for such than they run. */
export const withoutJit = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('jit', 'off', true)`;
    return work(tx);
  });

/** Whether Postgres ended a statement for taking longer than its `statement_timeout`. The embedded one knows no such end. */
export const timedOut = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  JSON.stringify(error.meta ?? {}).includes('"57014"');

export type Database = {
  url: string;
  db: Db;
  direct: Direct;
  /** The same, for what only reads: a replica where there is one. */
  reader: Db;
  embedded: Embedded | null;
  close: () => Promise<void>;
};

/** The URL of a database: `url`, or that of the embedded one in `dataDir`, which is opened. Its tables stay as they are. */
export async function openConnection({
  url,
  dataDir,
}: {
  url: string | undefined;
  dataDir: string;
}): Promise<{ url: string; embedded: Embedded | null; close: () => Promise<void> }> {
  if (url !== undefined) return { url, embedded: null, close: async () => {} };
  // Whoever has a server needs no Postgres of their own in memory.
  const { openEmbedded } = await import('./embedded.ts');
  const embedded = await openEmbedded(dataDir);
  return { url: embedded.url, embedded, close: embedded.close };
}

/**
 * Connects to `url`, or to the embedded database in `dataDir` when there is none, and brings its tables up to date.
 * @throws when the server cannot be reached or a migration fails.
 */
export async function openDatabase({
  url,
  dataDir,
  replica,
  connections = 10,
}: {
  url: string | undefined;
  dataDir: string;
  /** Where it is, and who is told when the database itself stands in for it. */
  replica?: { url: string; onAway: (error: Error) => void } | undefined;
  connections?: number;
}): Promise<Database> {
  const { url: connectionString, embedded, close } = await openConnection({ url, dataDir });
  await migrate(connectionString);
  const client = (pool: pg.Pool) =>
    new PrismaClient({
      adapter: new PrismaPg(pool),
      transactionOptions: { maxWait: 10_000, timeout: 60_000 },
    });
  const pool = new pg.Pool({ connectionString, max: connections });
  // A connection that breaks while nobody uses it is simply gone.
  pool.on('error', () => {});
  const replicaPool = replica && new ReplicaPool({ ...replica, primary: connectionString, connections });
  const db = client(pool);
  const reader = replicaPool ? client(replicaPool) : db;
  return {
    url: connectionString,
    db,
    direct: past(pool),
    reader,
    embedded,
    close: async () => {
      await Promise.all([db.$disconnect(), reader.$disconnect()]);
      await Promise.all([pool.end(), replicaPool?.end()]);
      await close();
    },
  };
}

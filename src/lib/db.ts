import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../generated/client.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

export { Prisma };
export type Db = PrismaClient;
/** What a function needs when it may run inside a caller's transaction. */
export type Tx = Prisma.TransactionClient;

/** Runs a long query as it is: Postgres' just-in-time compiler takes many times longer for such than they run. */
export async function withoutJit<Row>(db: Db, query: Prisma.Sql): Promise<Row[]> {
  const [, rows] = await db.$transaction([
    db.$executeRaw`SELECT set_config('jit', 'off', true)`,
    db.$queryRaw<Row[]>(query),
  ]);
  return rows;
}

export type Database = { url: string; db: Db; embedded: Embedded | null; close: () => Promise<void> };

/**
 * Connects to `url`, or to the embedded database in `dataDir` when there is none, and brings its tables up to date.
 * @throws when the server cannot be reached or a migration fails.
 */
export async function openDatabase({
  url,
  dataDir,
  connections = 10,
}: {
  url: string | undefined;
  dataDir: string;
  connections?: number;
}): Promise<Database> {
  const embedded = url === undefined ? await openEmbedded(dataDir) : null;
  const connection = url ?? (embedded as Embedded).url;
  await migrate(connection);
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString: connection, max: connections }),
    transactionOptions: { maxWait: 10_000, timeout: 60_000 },
  });
  return {
    url: connection,
    db,
    embedded,
    close: async () => {
      await db.$disconnect();
      await embedded?.close();
    },
  };
}

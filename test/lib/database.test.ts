import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { timedOut } from '../../src/lib/db.ts';
import { LOCK, migrate } from '../../src/lib/migrate.ts';
import { testApp } from '../support/app.ts';

test('the migrations lead to the schema: none was forgotten', () => {
  const read = (file: string) => readFileSync(new URL(`../../prisma/${file}`, import.meta.url), 'utf8');
  expect(read('migrations/schema.prisma')).toBe(read('schema.prisma'));
});

test('a job that was queued in a transaction goes with it when it rolls back', async () => {
  const app = await testApp();
  const counted = async () => {
    const [row] = await app.db.$queryRaw<
      { n: bigint }[]
    >`SELECT count(*) AS n FROM pgboss.job WHERE name = 'deliver'`;
    return Number(row?.n);
  };
  await app.db
    .$transaction(async (tx) => {
      await app.queue.sendAll('deliver', [{ ids: [] }, { ids: [] }], { tx });
      throw new Error('no');
    })
    .catch(() => {});
  expect(await counted()).toBe(0);
  await app.db.$transaction((tx) => app.queue.sendAll('deliver', [{ ids: [] }, { ids: [] }], { tx }));
  expect(await counted()).toBe(2);
});

test('a statement that was ended for taking too long is told from a wrong one', async () => {
  const app = await testApp();
  const wrong = await app.db.$queryRaw`SELECT 1 / 0`.catch((error: unknown) => error);
  expect([wrong instanceof Error, timedOut(wrong)]).toEqual([true, false]);
  if (app.config.databaseUrl === undefined) return;
  const slow = await app.db
    .$transaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', '20', true)`;
      await tx.$queryRaw`SELECT pg_sleep(5)::text`;
    })
    .catch((error: unknown) => error);
  expect([slow instanceof Error, timedOut(slow)]).toEqual([true, true]);
});

test('a start that has nothing to migrate takes no lock, which a pooler would keep, and waits for nobody', async () => {
  const app = await testApp();
  const url = app.config.databaseUrl;
  // The embedded database is one session to all.
  if (url === undefined) return;
  await app.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK}::bigint)`;
    expect(await migrate(url)).toEqual([]);
  });
});

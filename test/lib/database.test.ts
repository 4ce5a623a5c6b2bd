import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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

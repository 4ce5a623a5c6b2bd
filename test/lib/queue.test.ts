import { expect, test } from 'vitest';
import { testApp } from '../support/app.ts';

test('a daily job is queued once a day, however often it is sent, waiting, done or failed', async () => {
  const { db, queue } = await testApp();
  const send = () => queue.send('forget', {}, { key: 'forget', daily: true });
  const queued = async () =>
    (await db.$queryRaw<object[]>`SELECT FROM pgboss.job WHERE name = 'forget'`).length;
  await send();
  await send();
  expect(await queued()).toBe(1);
  for (const state of ['completed', 'failed']) {
    await db.$executeRaw`UPDATE pgboss.job SET state = ${state}::pgboss.job_state`;
    await send();
    expect(await queued()).toBe(1);
  }
  await db.$executeRaw`UPDATE pgboss.job SET singleton_on = singleton_on - interval '1 day'`;
  await send();
  expect(await queued()).toBe(2);
});

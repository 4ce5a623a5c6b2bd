import { expect, test } from 'vitest';
import { slots } from '../../src/lib/slots.ts';

test('no more are taken than there are, and who comes first is served first', async () => {
  const pool = slots(3);
  expect(await pool.take(2)).toBe(2);
  expect(await pool.take(5)).toBe(1);
  const order: string[] = [];
  const first = pool.take(2).then((taken) => order.push(`first ${taken}`));
  const second = pool.take(9).then((taken) => order.push(`second ${taken}`));
  pool.give(1);
  await first;
  expect(order).toEqual(['first 1']);
  pool.give(2);
  await second;
  expect(order).toEqual(['first 1', 'second 2']);
});

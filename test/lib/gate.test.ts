import { expect, test } from 'vitest';
import { gate } from '../../src/lib/gate.ts';

test('so many run at once, so many wait in order, and one more is told that it is busy', async () => {
  const pass = gate({ most: 2, waiting: 2 });
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const ask = (n: number, signal?: AbortSignal) =>
    pass(async () => {
      begun.push(n);
      await new Promise<void>((end) => ends.push(end));
      return n;
    }, signal);
  const abort = new AbortController();
  const all = [ask(1), ask(2), ask(3, abort.signal), ask(4), ask(5)];
  expect(await all[4]).toBe('busy');
  expect(begun).toEqual([1, 2]);
  abort.abort();
  ends[0]?.();
  expect(await all[0]).toBe(1);
  // The third has gone, so its turn is the fourth's.
  expect(await all[2]).toBe('gone');
  for (const end of ends) end();
  expect(await all[1]).toBe(2);
  for (const end of ends) end();
  expect(await all[3]).toBe(4);
  expect(begun).toEqual([1, 2, 4]);
});

test('work that fails gives its place to the next', async () => {
  const pass = gate({ most: 1, waiting: 1 });
  const failing = pass(() => Promise.reject(new Error('away')));
  const next = pass(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('away');
  expect(await next).toBe('done');
  expect(await pass(() => Promise.resolve('again'))).toBe('again');
});

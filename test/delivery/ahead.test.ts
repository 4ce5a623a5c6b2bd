import { describe, expect, test } from 'vitest';
import { lookAhead } from '../../src/delivery/ahead.ts';

/** Forty rows, of which those named `gone` may not be sent, and what is asked of the ledger. */
function begin(...gone: string[]) {
  let now = 0;
  const asked: string[][] = [];
  const ahead = lookAhead({ now: () => new Date(now) }, async (ids) => {
    asked.push(ids);
    return ids
      .filter((id) => !gone.includes(id))
      .map((id) => ({ id, email: `${id}@example.org`, messageDate: new Date(now) }));
  });
  let waiting = Array.from({ length: 40 }, (_, n) => `row ${n + 1}`);
  return {
    asked,
    rows: () => waiting.length,
    next: async (count: number, ms = 0) => {
      now += ms;
      const ids = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return (await ahead(ids, waiting)).map(({ id }) => id);
    },
  };
}

describe('looking ahead', () => {
  test('names those that are wanted, in their order, without those that may not be sent', async () => {
    const { next } = begin('row 2', 'row 6');
    expect(await next(3)).toEqual(['row 1', 'row 3']);
    expect(await next(3)).toEqual(['row 4', 'row 5']);
    expect(await next(3)).toEqual(['row 7', 'row 8', 'row 9']);
  });

  test('spends few statements where the mail server is fast, and begins no row twice', async () => {
    const { next, rows, asked } = begin();
    while (rows() > 0) await next(5, 10);
    expect(asked.map((ids) => ids.length)).toEqual([5, 10, 20, 5]);
    expect(new Set(asked.flat()).size).toBe(40);
  });

  test('begins only who is sent at once where it is slow', async () => {
    const { next, rows, asked } = begin();
    while (rows() > 0) await next(5, 200);
    expect(asked.map((ids) => ids.length)).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
  });

  test.each([101, -3_600_000])(
    'begins again what has waited while the clock went by %d ms, more than a tenth of a second',
    async (ms) => {
      const { next, asked } = begin();
      await next(5);
      await next(5);
      expect(await next(5, ms)).toEqual(['row 11', 'row 12', 'row 13', 'row 14', 'row 15']);
      expect(asked.map(([first]) => first)).toEqual(['row 1', 'row 6', 'row 11']);
    },
  );
});

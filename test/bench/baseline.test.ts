import { expect, test } from 'vitest';
import { check } from './baseline.ts';
import type { Line } from './case.ts';

const line = (id: string, value: number, better: 'more' | 'less'): Line => ({
  id,
  what: `the case of ${id}`,
  value: 1,
  unit: 's',
  ratio: { to: 'a yardstick', value, better },
});

const losses = (...given: Parameters<typeof check>) => check(...given).slower;

test('a ratio that lost more than a fifth of its speed is named, with what it was', () => {
  const lines = [line('faster', 79, 'more'), line('shorter', 0.26, 'less')];
  expect(losses(lines, { faster: 100, shorter: 0.2 }, 0.2)).toEqual([
    'faster: the case of faster is 79.0 × a yardstick, was 100: lost 21 %',
    'shorter: the case of shorter is 0.260 × a yardstick, was 0.2: lost 23 %',
  ]);
});

test('less than that, or better than before, is nothing to speak of', () => {
  const lines = [line('faster', 81, 'more'), line('shorter', 0.24, 'less'), line('better', 300, 'more')];
  expect(losses(lines, { faster: 100, shorter: 0.2, better: 100 }, 0.2)).toEqual([]);
});

test('generous bounds forgive what strict ones do not', () => {
  const lines = [line('faster', 55, 'more')];
  expect(losses(lines, { faster: 100 }, 0.2)).toHaveLength(1);
  expect(losses(lines, { faster: 100 }, 0.5)).toEqual([]);
});

test('a measurement that failed is a loss', () => {
  expect(losses([line('broken', Number.NaN, 'more')], { broken: 1 }, 0.5)).toHaveLength(1);
});

test('a ratio that was never kept is no loss, but named; a figure without a yardstick is neither', () => {
  const plain: Line = { id: 'plain', what: 'a figure', value: 3, unit: 'ms' };
  const lines = [line('known', 1, 'more'), line('new', 1, 'more'), plain];
  expect(check(lines, { known: 1, plain: 1 }, 0.2)).toEqual({ slower: [], unknown: ['new'], compared: 1 });
});

test('a run of which nothing was kept compares nothing', () => {
  expect(check([line('new', 1, 'more')], {}, 0.2).compared).toBe(0);
  expect(check([], { known: 1 }, 0.2).compared).toBe(0);
});

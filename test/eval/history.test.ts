import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addDays } from '../../src/lib/day.ts';
import { testApp } from '../support/app.ts';
import { historyOf } from './history.ts';
import { inventedStory } from './lists.ts';
import { ndcgAt, recallAt, tau } from './measures.ts';
import { repeatsTable, silenceTable } from './repeats.ts';
import { trendingTable } from './trending.ts';

test('days are played to the same end twice, and every day of every reader ends in something', async () => {
  const ends = [];
  for (const _ of ['once', 'twice']) {
    const { lists, later } = inventedStory();
    const history = await historyOf({ ...lists, last: addDays(lists.first, 1) }, later, testApp);
    rmSync(lists.folder, { recursive: true });
    ends.push({
      history,
      tables: [trendingTable, repeatsTable, silenceTable].map((table) => table(history)),
    });
  }
  const [once, twice] = ends;
  expect(twice).toEqual(once);
  expect(once?.history.readerDays.length).toBe(2 * 5);
  expect(once?.history.readerDays.some(({ papers }) => papers.length > 0)).toBe(true);
  expect(once?.history.editions.every((papers) => papers.length > 0)).toBe(true);
});

test('the measures are those of the books', () => {
  const grades = new Map([
    ['a', 2],
    ['b', 1],
  ]);
  const found = ['x', 'a', 'b'].map((id, n) => ({ id, score: 9 - n }));
  expect(recallAt(2, found, grades)).toBe(0.5);
  expect(ndcgAt(10, found, grades)).toBeCloseTo((3 / Math.log2(3) + 1 / 2) / (3 + 1 / Math.log2(3)), 12);
  expect(
    tau([
      [1, 10],
      [2, 20],
      [3, 30],
    ]),
  ).toBe(1);
  expect(
    tau([
      [1, 3],
      [2, 2],
      [3, 1],
    ]),
  ).toBe(-1);
  expect(
    tau([
      [1, 1],
      [1, 2],
      [2, 3],
    ]),
  ).toBeCloseTo(2 / Math.sqrt(6), 12);
});

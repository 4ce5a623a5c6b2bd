import { expect, test } from 'vitest';
import type { Edition } from '../../src/editions/edition.ts';
import { memory } from '../../src/editions/memory.ts';

const edition = (): Edition => ({
  date: '2026-05-06',
  publishedAt: new Date(0),
  opensAt: new Date(0),
  notes: [],
  papers: [],
});

/** Finds the length of each id, and notes what it was asked for. */
function lengths() {
  const asked: string[][] = [];
  const find = async (ids: string[]) => {
    asked.push(ids);
    return ids.map((id) => [id, id.length] as const);
  };
  return { asked, find };
}

test('what is known is not found again, and what is given back is what was asked for, each id once', async () => {
  const { asked, find } = lengths();
  const recall = memory<number>({ most: 10, atOnce: 10 });
  const one = edition();
  await recall(one, ['a', 'bb', 'a'], find);
  expect(await recall(one, ['bb', 'ccc'], find)).toEqual(
    new Map([
      ['bb', 2],
      ['ccc', 3],
    ]),
  );
  expect(asked).toEqual([['a', 'bb'], ['ccc']]);
});

test('another edition, or the same one read anew, has a memory of its own', async () => {
  const { asked, find } = lengths();
  const recall = memory<number>({ most: 10, atOnce: 10 });
  await recall(edition(), ['a'], find);
  await recall(edition(), ['a'], find);
  expect(asked).toEqual([['a'], ['a']]);
});

test('many are found so many at a time; nothing is asked when there is nothing to find', async () => {
  const { asked, find } = lengths();
  const recall = memory<number>({ most: 10, atOnce: 2 });
  expect((await recall(edition(), ['a', 'b', 'c', 'd', 'e'], find)).size).toBe(5);
  expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  await recall(edition(), [], find);
  expect(asked).toHaveLength(3);
});

test('more than it may keep are all given back, and what it forgot is found again', async () => {
  const { asked, find } = lengths();
  const recall = memory<number>({ most: 2, atOnce: 10 });
  const one = edition();
  expect([...(await recall(one, ['a', 'b', 'c'], find)).keys()]).toEqual(['a', 'b', 'c']);
  await recall(one, ['c', 'a'], find);
  expect(asked).toEqual([['a', 'b', 'c'], ['a']]);
});

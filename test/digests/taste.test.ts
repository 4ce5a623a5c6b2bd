import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Example, tasteOf } from '../../src/digests/taste.ts';

const more = (paperId: string): Example => ({ paperId, title: `On ${paperId}`, kind: 'more' });
const less = (paperId: string): Example => ({ ...more(paperId), kind: 'less' });
const likeness = (of: Record<string, Record<string, number>>) =>
  new Map(Object.entries(of).map(([id, to]) => [id, new Map(Object.entries(to))]));

test('the nearest example of each kind counts, and is named where one sees the likeness', () => {
  const taste = tasteOf(
    [more('x'), more('y'), less('z')],
    likeness({ x: { a: 0.1 }, y: { a: 0.165, b: 0.12 }, z: { a: 0.097, c: 0.5 } }),
  );
  expect(taste.get('a')).toEqual({
    lean: expect.closeTo(0.4),
    like: { title: 'On y', kind: 'more', itself: false },
  });
  expect(taste.get('b')).toEqual({ lean: expect.closeTo(4 / 17), like: null });
  expect(taste.get('c')).toEqual({ lean: -1, like: { title: 'On z', kind: 'less', itself: false } });
});

test('the example itself moves, and is known as it', () => {
  expect(tasteOf([less('a')], new Map()).get('a')).toEqual({
    lean: -1,
    like: { title: 'On a', kind: 'less', itself: true },
  });
});

test('whatever the examples, a lean stays within −1 and 1, and without any nothing moves', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const examples = fc.array(fc.tuple(name, fc.boolean()));
  const cosines = fc.dictionary(name, fc.dictionary(name, fc.double({ min: 0.1, max: 1, noNaN: true })));
  fc.assert(
    fc.property(examples, cosines, (some, of) => {
      const taste = tasteOf(
        some.map(([id, wanted]) => (wanted ? more(id) : less(id))),
        likeness(of),
      );
      for (const { lean } of taste.values()) expect(Math.abs(lean)).toBeLessThanOrEqual(1);
      if (some.length === 0) expect(taste.size).toBe(0);
    }),
  );
});

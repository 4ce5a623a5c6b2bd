import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chanceFor, chanceOf, closenessOf, cosine, usualOf } from '../../src/topics/closeness.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const cosines = fc.array(real(-1, 1), { minLength: 1, maxLength: 60 });

test('closeness lies from 0 to 1000, and grows with the cosine', () => {
  fc.assert(
    fc.property(real(-1, 1), real(-1, 1), real(-1, 1), real(0, 1), (one, other, middle, spread) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)].map((value) =>
        closenessOf(value, { middle, spread }),
      ) as [number, number];
      expect(0 <= less && less <= more && more <= 1000).toBe(true);
    }),
  );
});

test('chance is no closeness, and seven spreads from it are all of it', () => {
  const chance = { middle: 0.7, spread: 0.02 };
  expect([0.5, 0.7, 0.74, 0.79, 0.84, 0.9].map((value) => closenessOf(value, chance))).toEqual([
    0, 0, 0, 500, 1000, 1000,
  ]);
});

test('a model that cannot tell papers apart has no say', () => {
  expect(closenessOf(1, { middle: 0.6, spread: 0.25 })).toBe(0);
});

test('the few papers that are on a topic do not move what is chance for it', () => {
  const unrelated = Array.from({ length: 90 }, (_, n) => n / 1000);
  const related = Array.from({ length: 10 }, () => 0.9);
  const [without, beside] = [chanceOf(unrelated), chanceOf([...unrelated, ...related])];
  expect(beside.middle).toBeCloseTo(without.middle, 1);
  expect(beside.spread).toBeCloseTo(without.spread, 1);
});

test('a topic that is far from all papers is held to what is usual for others', () => {
  const usual = usualOf([
    { middle: 0.1, spread: 0.1 },
    { middle: 0.2, spread: 0.08 },
    { middle: 0.9, spread: 0.09 },
  ]);
  expect(usual).toEqual({ middle: 0.2, spread: 0.09 });
  expect(chanceFor([0, 0.01, 0.02], usual)).toEqual(usual);
  fc.assert(
    fc.property(cosines, real(-1, 1), (own, value) => {
      const stricter = closenessOf(value, chanceFor(own, usual));
      expect(stricter <= closenessOf(value, usual) && stricter <= closenessOf(value, chanceOf(own))).toBe(
        true,
      );
    }),
  );
});

test('the cosine of a vector with itself is 1', () => {
  expect(cosine(Float32Array.of(0.6, 0.8), Float32Array.of(0.6, 0.8))).toBeCloseTo(1);
  expect(cosine(Float32Array.of(1, 0), Float32Array.of(0, 1))).toBe(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shelf } from '../../src/lib/shelf.ts';

test('what was asked for least recently goes first, and one that is too large does not stay', () => {
  const words = shelf<string>({ most: 6, weigh: (word) => word.length });
  for (const word of ['ab', 'cd', 'ef']) words.put(word, word);
  expect(words.get('ab')).toBe('ab');
  words.put('gh', 'gh');
  expect(['ab', 'cd', 'ef', 'gh'].map(words.get)).toEqual(['ab', undefined, 'ef', 'gh']);
  words.put('long', 'longer than all');
  expect(words.get('long')).toBeUndefined();
});

test('it never holds more than it may, and always the last that fits', () => {
  const puts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 8 })));
  fc.assert(
    fc.property(puts, (all) => {
      const numbers = shelf<number>({ most: 10, weigh: (number) => number });
      for (const [key, number] of all) {
        numbers.put(key, number);
        expect(numbers.get(key)).toBe(number);
        const held = ['a', 'b', 'c', 'd'].reduce((sum, each) => sum + (numbers.get(each) ?? 0), 0);
        expect(held).toBeLessThanOrEqual(10);
      }
    }),
  );
});

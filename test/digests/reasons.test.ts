import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spelledIn } from '../../src/digests/reasons.ts';

describe('a word of a topic', () => {
  test.each([
    ['LLM agents', 'llm', 'LLM'],
    ['Gödel machines', 'godel', 'Gödel'],
    ['straße 𝓐gents', 'agents', 'agents'],
    ['𝓐gents, LLM', 'llm', 'llm'],
  ])('of %j is told as the reader wrote it, or as it was looked for', (query, word, told) => {
    expect(spelledIn(query, word)).toBe(told);
  });

  test('is never half a letter', () => {
    const letter = fc.constantFrom('a', 'S', 'ß', 'ﬁ', 'é', '𝓐', '𐞀', '½', ' ', '-');
    const text = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(''));
    const word = fc.constantFrom('a', 's', 'ss', 'fi', 'as', 'ea', 'aa');
    fc.assert(fc.property(text, word, (query, one) => spelledIn(query, one).isWellFormed()));
  });
});

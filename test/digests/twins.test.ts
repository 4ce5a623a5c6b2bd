import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { twinsOf } from '../../src/digests/twins.ts';

const group = ['Ada Lovelace', 'Charles Babbage', 'Mary Somerville'];
const papers = (...titles: [string, string[]?][]) =>
  titles.map(([title, authors = group], n) => ({ id: `p${n}`, title, authors }));
const areTwins = (...titles: [string, string[]?][]) =>
  twinsOf(papers(...titles))
    .get('p0')
    ?.has('p1') ?? false;

describe('papers that are nearly the same', () => {
  test.each([
    ['Mamba-3: Faster Sequences', 'Mamba-3 Vision: Sequences of Pixels'],
    ['LLaVA-OneVision: Easy Transfer', 'LLaVA-OneVision-1.5: Open Training'],
    ['Qwen9 Technical Report', 'Qwen9-VL Technical Report'],
    ['MolmoAct: Reasoning in Space', 'MolmoAct2: Acting in the World'],
  ])('have one group and one name: %s, %s', (a, b) => {
    expect(areTwins([a], [b])).toBe(true);
    expect(areTwins([a, ['Grace Hopper']], [b])).toBe(false);
  });

  test('or nearly the same title, whoever wrote them', () => {
    const title = 'A Survey of Efficient Inference for Large Language Models';
    expect(areTwins([title], [`${title} on Phones`, ['Grace Hopper']])).toBe(true);
  });

  test.each([
    ['Attention Is All You Need', 'Diffusion Is Not All You Need'],
    ['Reasoning: A View', 'Reasoners: A Study'],
    ['2026: A Report', '2025: A Report'],
    ['', ''],
    ['Video Models', 'Video Models'],
  ])('and others are not: %s, %s', (a, b) => {
    expect(areTwins([a, ['Ada Lovelace']], [b, ['Grace Hopper']])).toBe(false);
  });

  test('are all found, whatever their words', () => {
    const words = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 10 }), (titles) => {
        const twins = twinsOf(
          papers(...titles.map((title, n): [string, string[]] => [title.join(' '), [`${n}`]])),
        );
        for (const [n, one] of titles.entries())
          for (const [m, other] of titles.entries()) {
            const both = one.filter((word) => other.includes(word)).length;
            const alike = both / (one.length + other.length - both) >= 0.75;
            const areLong = one.length >= 4 && other.length >= 4;
            expect(twins.get(`p${n}`)?.has(`p${m}`) ?? false).toBe(n !== m && areLong && alike);
          }
      }),
    );
  });

  test('a paper is no twin of its own, and twins are so both ways', () => {
    const twins = twinsOf(papers(['Mamba: A'], ['Mamba: B'], ['Mamba: C']));
    for (const [id, others] of twins) {
      expect(others.has(id)).toBe(false);
      for (const other of others) expect(twins.get(other)?.has(id)).toBe(true);
    }
    expect(twins.size).toBe(3);
  });
});

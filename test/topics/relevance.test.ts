import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUT_OFF, type Hit, relevantTo, type Word } from '../../src/topics/relevance.ts';

const PAPERS = ['1', '2', '3', '4', '5'];

const hit = fc.record<Hit>({
  place: fc.constantFrom('inTitle', 'inKeywords', 'inAbstract'),
  times: fc.integer({ min: 1, max: 6 }),
  positions: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
});
const hits = fc.uniqueArray(fc.tuple(fc.constantFrom(...PAPERS), hit), { selector: ([id]) => id });
const words = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2000 }), hits), { minLength: 1, maxLength: 6 })
  .map((some): Word[] => some.map(([df, hits], n) => ({ text: `word${n}`, df, hits: new Map(hits) })));
const close = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PAPERS), fc.integer({ min: 1, max: 1000 })), {
    selector: ([id]) => id,
  })
  .map((some) => new Map(some));
const NONE = new Map<string, number>();

const byPaper = (found: { paperId: string }[]) => found.toSorted((a, b) => (a.paperId < b.paperId ? -1 : 1));

describe('relevance', () => {
  test('a cut-off leaves out what lies below it, and nothing else', () => {
    fc.assert(
      fc.property(words, close, fc.constantFrom(0.3, CUT_OFF, 0.9), (words, close, cutOff) => {
        const all = relevantTo(words, { cutOff: 0, close });
        const cut = relevantTo(words, { cutOff, close });
        expect(byPaper(cut)).toEqual(byPaper(all.filter(({ relevance }) => relevance >= cutOff)));
      }),
    );
  });

  test('it lies within 0 and 1, and only papers with a word, or close in meaning, have any', () => {
    fc.assert(
      fc.property(words, close, (words, close) => {
        const found = relevantTo(words, { cutOff: 0, close });
        const known = new Set([...words.flatMap(({ hits }) => [...hits.keys()]), ...close.keys()]);
        expect(new Set(found.map(({ paperId }) => paperId))).toEqual(known);
        for (const { relevance } of found) expect(relevance > 0 && relevance <= 1).toBe(true);
      }),
    );
  });

  test('closeness in meaning never takes from what the words are worth, and alone it is the share that it says', () => {
    fc.assert(
      fc.property(words, close, (words, close) => {
        const byWords = new Map(
          relevantTo(words, { cutOff: 0, close: NONE }).map(({ paperId, relevance }) => [paperId, relevance]),
        );
        for (const { paperId, relevance } of relevantTo(words, { cutOff: 0, close })) {
          const before = byWords.get(paperId);
          if (before === undefined) expect(relevance).toBeCloseTo((close.get(paperId) ?? 0) / 1000, 12);
          else expect(relevance).toBeGreaterThanOrEqual(before - 1e-15);
        }
      }),
    );
  });

  test('each word that a paper bears is named once, at its place, in the order of the topic', () => {
    fc.assert(
      fc.property(words, (words) => {
        for (const { paperId, ...said } of relevantTo(words, { cutOff: 0, close: NONE }))
          for (const place of ['inTitle', 'inKeywords', 'inAbstract'] as const)
            expect(said[place]).toEqual(
              words.filter(({ hits }) => hits.get(paperId)?.place === place).map(({ text }) => text),
            );
      }),
    );
  });

  const word = (df: number, hit: Partial<Hit> = {}): Word => ({
    text: 'word',
    df,
    hits: new Map([['1', { place: 'inTitle', times: 1, positions: [1], ...hit }]]),
  });
  const relevance = (words: Word[]) => relevantTo(words, { cutOff: 0, close: NONE })[0]?.relevance;

  test('words that stand near each other count more than strewn ones', () => {
    const twoWords = (position: number) => [word(5), word(5, { positions: [position] })];
    expect(relevance(twoWords(2))).toBe(1);
    expect(relevance(twoWords(5))).toBe(1);
    expect(relevance(twoWords(30))).toBe(0.6);
  });

  test('the oftener the abstract says a word the more it counts, never as much as in the title', () => {
    const said = [1, 2, 3, 4, 9].map((times) => relevance([word(5, { place: 'inAbstract', times })]));
    expect(said).toEqual([0.65, 0.75, 0.8, 0.85, 0.85]);
    expect(relevance([word(5, { place: 'inKeywords' })])).toBe(1);
  });

  test('a common word alone is no match when the abstract says it once', () => {
    const once = (df: number) => relevance([word(df, { place: 'inAbstract' })]);
    expect([once(49), once(50)]).toEqual([0.65, 0.49]);
  });
});

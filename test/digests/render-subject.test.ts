import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DigestPaper } from '../../src/digests/digest.ts';
import { preheaderOf, subjectOf } from '../../src/digests/subject.ts';
import type { EditionPaper } from '../../src/editions/edition.ts';

const about = (title: string, topic: string | null = 'state space models'): DigestPaper => ({
  paper: { id: '2605.00009', title, abstract: 'What it says.', tldr: null } as EditionPaper,
  topic,
  reasons: [],
});
const digest = (papers: DigestPaper[], trending: DigestPaper[] = []) => ({
  date: '2026-05-06',
  topics: [],
  papers,
  trending,
});

describe('The subject says what is inside', () => {
  test('the best paper by the name before its colon, how many more, and the topic', () => {
    expect(subjectOf(digest([about('Mamba-9: A Long Title'), about('B'), about('C')]))).toBe(
      'Mamba-9 and 2 more on state space models',
    );
  });

  test('the paper by its id when its title is nothing but signs that nobody sees', () => {
    const unseen = about('\u202e \u2066');
    unseen.paper.id = '2605.00001';
    expect(subjectOf(digest([unseen]))).toBe('2605.00001');
    expect(subjectOf(digest([], [unseen, about('B')]))).toBe('Trending today: 2605.00001 and 1 more');
  });

  test('all topics that have papers while they fit, then how many there are', () => {
    const one = about('Mamba-9: A Long Title', 'robots');
    expect(subjectOf(digest([one, about('B', 'speech')]))).toBe('Mamba-9 and 1 more on robots and speech');
    expect(subjectOf(digest([one, about('B', 'x'.repeat(50)), about('C', 'speech')]))).toBe(
      'Mamba-9 and 2 more on robots and 2 other topics',
    );
    expect(subjectOf(digest([about('Mamba-9: A', 'x'.repeat(90)), about('B', 'speech')]))).toBe(
      'Mamba-9 and 1 more on your topics',
    );
  });

  test('topics as one says them, without the marks of the query language', () => {
    const about2 = (one: string, two: string) =>
      subjectOf(digest([about('Mamba-9: A', one), about('B', two)]));
    expect(about2('"world model" -survey -"a view"', 'author:"kaiming he" OR cat:cs.CL')).toBe(
      'Mamba-9 and 1 more on world model and kaiming he or cs.CL',
    );
    expect(about2('state-space models', 'c++')).toBe('Mamba-9 and 1 more on state-space models and c++');
  });

  test('a lone paper by its whole title, cut between words', () => {
    expect(subjectOf(digest([about('Mamba-9: A Long Title')]))).toBe('Mamba-9: A Long Title');
    const cut = subjectOf(digest([about('Sequences '.repeat(20))]));
    expect(cut).toMatch(/^(Sequences )+Sequences…$/);
    expect(cut.length).toBeLessThanOrEqual(90);
  });

  test('what trends when there is nothing on the topics', () => {
    expect(subjectOf(digest([], [about('OceanPile: X', null), about('B', null)]))).toBe(
      'Trending today: OceanPile and 1 more',
    );
  });

  test('the preheader goes on with the other titles', () => {
    expect(preheaderOf(digest([about('A'), about('Beta: long')], [about('Gamma', null)]))).toBe(
      'Also: Beta · Gamma',
    );
    expect(preheaderOf(digest([about('A')]))).toBe('What it says.');
  });

  test('whatever the titles, both are one line of at most 90 and 150 characters, without control or direction marks', () => {
    const text = fc.uint16Array({ maxLength: 200 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 5 }),
        fc.array(text, { maxLength: 3 }),
        (on, off) => {
          const made = digest(
            on.map(([title, topic]) => about(title, topic)),
            off.map((title) => about(title, null)),
          );
          for (const [line, most] of [[subjectOf(made), 90] as const, [preheaderOf(made), 150] as const]) {
            expect(line.length).toBeLessThanOrEqual(most);
            expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
            expect(line.isWellFormed()).toBe(true);
          }
          expect(subjectOf(made)).toBe(subjectOf(made));
        },
      ),
      { numRuns: 150 },
    );
  });
});

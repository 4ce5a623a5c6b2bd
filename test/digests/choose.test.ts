import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, type Known, type Reader } from '../../src/digests/choose.ts';
import type { Edition, EditionPaper, Match } from '../../src/editions/edition.ts';

const paper = (id: string, rank: number, more: Partial<EditionPaper> = {}): EditionPaper => ({
  id,
  title: `Paper ${id}`,
  abstract: 'An abstract.',
  tldr: null,
  authors: ['Ada Lovelace'],
  thumbnail: null,
  repository: null,
  projectPage: null,
  listedOn: '2026-05-05',
  rank,
  heat: 100 - rank,
  votes: 100 - rank,
  votesGained: 3,
  comments: 0,
  stars: null,
  starsGained: 0,
  ...more,
});

const edition = (...papers: EditionPaper[]): Edition => ({
  date: '2026-05-06',
  publishedAt: new Date('2026-05-07T02:00:00Z'),
  opensAt: new Date('2026-05-07T02:00:00Z'),
  notes: [],
  papers,
});

const match = (paperId: string, relevance = 1): Match => ({
  paperId,
  relevance,
  inTitle: ['word'],
  inKeywords: [],
  inAbstract: [],
});

const reader = (...topics: string[]): Reader => ({
  topics: topics.map((query) => ({ id: query, query })),
  maxPapers: 10,
  trending: true,
  popularity: 0.5,
  frequency: 'daily',
});

const known = (matches: Record<string, Match[]>, more: Partial<Known> = {}): Known => ({
  matches: new Map(Object.entries(matches)),
  excluded: new Set(),
  sent: new Set(),
  ...more,
});

const ids = (choice: ReturnType<typeof choose>) =>
  'digest' in choice ? choice.digest.papers.map((one) => one.paper.id) : choice.silence;
const trending = (choice: ReturnType<typeof choose>) =>
  'digest' in choice ? choice.digest.trending.map((one) => one.paper.id) : [];

describe('choosing papers', () => {
  test('every topic with a paper gets a place before any topic gets a second', () => {
    const choice = choose(
      edition(paper('a', 1), paper('b', 2), paper('c', 3), paper('quiet', 90)),
      { ...reader('loud', 'quiet'), maxPapers: 2 },
      known({ loud: [match('a'), match('b'), match('c')], quiet: [match('quiet', 0.5)] }),
    );
    expect(ids(choice)).toEqual(['a', 'quiet']);
  });

  test('a paper that serves two topics leaves the place to another', () => {
    const choice = choose(
      edition(paper('both', 1), paper('second', 2)),
      { ...reader('one', 'two'), maxPapers: 2 },
      known({ one: [match('both'), match('second')], two: [match('both')] }),
    );
    expect(ids(choice)).toEqual(['both', 'second']);
  });

  test('the dial turns the order from relevance to heat', () => {
    const papers = edition(paper('hot', 1), paper('apt', 2));
    const matches = known({ t: [match('hot', 0.5), match('apt', 1)] });
    expect(ids(choose(papers, { ...reader('t'), popularity: 0 }, matches))).toEqual(['apt', 'hot']);
    expect(ids(choose(papers, { ...reader('t'), popularity: 1 }, matches))).toEqual(['hot', 'apt']);
  });

  test('a weekly reader gets what the week brought, not what is hot on its last day', () => {
    const papers = edition(
      paper('fresh', 1, { heat: 9, votes: 10, votesGained: 10 }),
      paper('of the week', 2, { heat: 1, votes: 300, votesGained: 0 }),
    );
    const matches = known({ t: [match('fresh'), match('of the week')] });
    expect(ids(choose(papers, reader('t'), matches))).toEqual(['fresh', 'of the week']);
    expect(ids(choose(papers, { ...reader('t'), frequency: 'weekly' }, matches))).toEqual([
      'of the week',
      'fresh',
    ]);
  });

  test('what was sent before does not come again, and nothing new is said to be just that', () => {
    const papers = edition(paper('a', 1), paper('b', 2));
    const matches = { t: [match('a'), match('b')] };
    expect(ids(choose(papers, reader('t'), known(matches, { sent: new Set(['a']) })))).toEqual(['b']);
    expect(ids(choose(papers, reader('t'), known(matches, { sent: new Set(['a', 'b']) })))).toBe(
      'no new paper on the topics',
    );
    expect(ids(choose(papers, reader('t'), known({ t: [] })))).toBe('no paper on the topics');
  });

  test('trending papers outside the topics come along, three at most, unless switched off or excluded', () => {
    const papers = edition(...['on', 'x', 'y', 'z', 'w'].map((id, i) => paper(id, i + 1)), paper('cold', 21));
    const matches = known({ t: [match('on')] }, { excluded: new Set(['x']) });
    expect(trending(choose(papers, reader('t'), matches))).toEqual(['y', 'z', 'w']);
    expect(trending(choose(papers, { ...reader('t'), trending: false }, matches))).toEqual([]);
  });

  test('the reasons are facts: where it matched, what moved, its place on the topic', () => {
    const choice = choose(
      edition(
        paper('a', 1, { title: 'On Speculative-Decoding', votesGained: 41 }),
        paper('b', 2, { listedOn: '2026-05-06', votes: 1 }),
        paper('c', 3, { title: 'Decoding what is speculative', votesGained: 0 }),
      ),
      reader('speculative decoding'),
      known({
        'speculative decoding': [
          {
            paperId: 'a',
            relevance: 1,
            inTitle: ['speculative', 'decoding'],
            inKeywords: [],
            inAbstract: [],
          },
          {
            paperId: 'b',
            relevance: 0.8,
            inTitle: ['speculative'],
            inKeywords: [],
            inAbstract: ['decoding'],
          },
          {
            paperId: 'c',
            relevance: 0.5,
            inTitle: ['speculative', 'decoding'],
            inKeywords: [],
            inAbstract: [],
          },
        ],
      }),
    );
    if (!('digest' in choice)) throw new Error('silent');
    expect(choice.digest.papers.map(({ reasons }) => reasons)).toEqual([
      ['“speculative decoding” in the title', '+41 votes since yesterday', '1st of 3 on your topic'],
      [
        '“speculative” in the title, “decoding” in the abstract',
        '1 vote on its first day',
        '2nd of 3 on your topic',
      ],
      ['“speculative” and “decoding” in the title', '3rd of 3 on your topic'],
    ]);
  });

  test('whatever the input: at most maxPapers, none twice, none that was sent, and the same again', () => {
    const somePapers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    const someMatches = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 60 }), fc.float({ min: 0.5, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(
        somePapers,
        fc.array(someMatches, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 1, max: 20 }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (ranks, perTopic, sentBefore, maxPapers, popularity) => {
          const papers = edition(...ranks.sort((a, b) => a - b).map((n) => paper(`p${n}`, n)));
          const matches = Object.fromEntries(
            perTopic.map((pairs, i) => [
              `t${i}`,
              [...new Map(pairs.map(([n, relevance]) => [`p${n}`, match(`p${n}`, relevance)])).values()],
            ]),
          );
          const sent = new Set(sentBefore.map((n) => `p${n}`));
          const asked: Reader = { ...reader(...Object.keys(matches)), maxPapers, popularity };
          const choice = choose(papers, asked, known(matches, { sent }));
          expect(choose(papers, asked, known(matches, { sent }))).toEqual(choice);
          if (!('digest' in choice)) return;
          const all = [...ids(choice), ...trending(choice)];
          expect(ids(choice).length).toBeLessThanOrEqual(maxPapers);
          expect(new Set(all).size).toBe(all.length);
          expect(all.filter((id) => sent.has(id))).toEqual([]);
        },
      ),
    );
  });
});

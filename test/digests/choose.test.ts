import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, isBack } from '../../src/digests/choose.ts';
import type { Digest } from '../../src/digests/digest.ts';
import { fieldOf } from '../../src/digests/field.ts';
import type { Known, Reader } from '../../src/digests/reader.ts';
import { tasteOf } from '../../src/digests/taste.ts';
import type { Edition, EditionPaper } from '../../src/editions/edition.ts';
import type { Match } from '../../src/topics/relevance.ts';

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
  byMeaning: false,
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
  sent: new Map(),
  ...more,
});

/** As sent once, with more votes than any can have now. */
const had = (...papers: string[]) =>
  new Map(papers.map((id) => [id, { on: '2026-05-04', votes: 1000, times: 1 }]));

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
    expect(ids(choose(papers, reader('t'), known(matches, { sent: had('a') })))).toEqual(['b']);
    expect(ids(choose(papers, reader('t'), known(matches, { sent: had('a', 'b') })))).toBe(
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
            byMeaning: false,
          },
          {
            paperId: 'b',
            relevance: 0.8,
            inTitle: ['speculative'],
            inKeywords: [],
            inAbstract: ['decoding'],
            byMeaning: false,
          },
          {
            paperId: 'c',
            relevance: 0.5,
            inTitle: ['speculative', 'decoding'],
            inKeywords: [],
            inAbstract: [],
            byMeaning: false,
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
      // Being the last on a topic is no reason.
      ['“speculative” and “decoding” in the title'],
    ]);
  });

  test('a topic and its words are named as the reader wrote them', () => {
    const choice = choose(
      edition(paper('a', 1, { title: 'Agents of an LLM', votes: 0 })),
      { ...reader(), topics: [{ id: 't', query: 'LLM Agents' }] },
      known({ t: [{ ...match('a'), inTitle: ['llm', 'agents'] }] }),
    );
    if (!('digest' in choice)) throw new Error('silent');
    expect(choice.digest.topics).toEqual(['LLM Agents']);
    expect(choice.digest.papers[0]).toMatchObject({
      topic: 'LLM Agents',
      reasons: ['“LLM” and “Agents” in the title'],
    });
  });

  test('words are found where they stand together, with accents and hyphens or without', () => {
    const choice = choose(
      edition(paper('a', 1, { title: 'Cross Modal Poincaré Maps', votes: 0 })),
      { ...reader(), topics: [{ id: 't', query: 'Cross-Modal Poincare' }] },
      known({ t: [{ ...match('a'), inTitle: ['cross', 'modal', 'poincare'] }] }),
    );
    if (!('digest' in choice)) throw new Error('silent');
    expect(choice.digest.papers[0]?.reasons).toEqual(['“Cross Modal Poincare” in the title']);
  });

  test('what found no room before is no reason for a mail, but comes along with what is new', () => {
    const old = paper('old', 1, { listedOn: '2026-05-05' });
    const fresh = paper('fresh', 2, { listedOn: '2026-05-06' });
    const since = { since: '2026-05-05' };
    const matches = { t: [match('old'), match('fresh')] };
    expect(ids(choose(edition(old), reader('t'), known(matches, since)))).toBe(
      'no paper was listed since the last digest',
    );
    expect(ids(choose(edition(old, fresh), reader('t'), known({ t: [match('old')] }, since)))).toBe(
      'no new paper on the topics',
    );
    expect(ids(choose(edition(old, fresh), reader('t'), known(matches, since)))).toEqual(['old', 'fresh']);
    expect(ids(choose(edition(old), reader('t'), known(matches)))).toEqual(['old']);
  });

  test('a paper that takes off after it was sent comes back once, and says so', () => {
    const papers = edition(paper('a', 1, { votes: 140 }), paper('b', 2));
    const matches = { t: [match('a'), match('b')] };
    const back = (votes: number, times = 1) =>
      choose(
        papers,
        reader('t'),
        known(matches, { sent: new Map([['a', { on: '2026-05-04', votes, times }]]) }),
      );
    expect(ids(back(20))).toEqual(['a', 'b']);
    const { digest } = back(20) as { digest: Digest };
    expect(digest.papers[0]?.reasons[0]).toBe('back: +120 votes since you had it on 4 May');
    expect(ids(back(20, 2))).toEqual(['b']);
    expect(ids(back(50))).toEqual(['b']);
  });

  test('what was asked more of comes first, what was asked less of last, and the reason says so', () => {
    const papers = edition(...['a', 'b', 'c'].map((id, i) => paper(id, i + 1)));
    const taste = tasteOf(
      [
        { paperId: 'x', title: 'X-Ray: Seeing', kind: 'more' },
        { paperId: 'y', title: 'Why', kind: 'less' },
      ],
      new Map([
        ['x', new Map([['c', 0.4]])],
        ['y', new Map([['a', 0.25]])],
      ]),
    );
    const matches = { t: [match('a'), match('b'), match('c')] };
    expect(ids(choose(papers, reader('t'), known(matches)))).toEqual(['a', 'b', 'c']);
    const choice = choose(papers, reader('t'), known(matches, { taste }));
    expect(ids(choice)).toEqual(['c', 'b', 'a']);
    if (!('digest' in choice)) throw new Error('silent');
    const [c, , a] = choice.digest.papers.map(({ reasons }) => reasons);
    expect(c).toContain('like “X-Ray”, which you asked more of');
    expect(a).toContain('like “Why”, which you asked less of');
  });

  test('of a series by one group one paper comes, and the next only where nothing else is left', () => {
    const series = { authors: ['Ada', 'Bob'] };
    const papers = edition(
      paper('one', 1, { ...series, title: 'Mamba-3: Sequences' }),
      paper('two', 2, { ...series, title: 'Mamba-3 Vision: Images' }),
      paper('other', 30),
    );
    const matches = known({ t: [match('one'), match('two'), match('other', 0.5)] });
    expect(ids(choose(papers, { ...reader('t'), maxPapers: 2 }, matches))).toEqual(['one', 'other']);
    const all = choose(papers, reader('t'), matches);
    expect(ids(all)).toEqual(['one', 'two', 'other']);
    if (!('digest' in all)) throw new Error('silent');
    expect(all.digest.papers[1]?.reasons).toContain('close to “Mamba-3”, which is here too');
  });

  test('what is nearly the same as a paper that the reader has had comes only where nothing else is left', () => {
    const series = { authors: ['Ada', 'Bob'] };
    const papers = edition(
      paper('had', 1, { ...series, title: 'Mamba-3: Sequences' }),
      paper('next', 2, { ...series, title: 'Mamba-3 Vision: Images' }),
      paper('other', 30),
    );
    const what = known({ t: [match('had'), match('next'), match('other', 0.5)] }, { sent: had('had') });
    expect(ids(choose(papers, { ...reader('t'), maxPapers: 1 }, what))).toEqual(['other']);
    const all = choose(papers, reader('t'), what);
    expect(ids(all)).toEqual(['next', 'other']);
    if (!('digest' in all)) throw new Error('silent');
    expect(all.digest.papers[0]?.reasons).toContain('close to “Mamba-3”, which you had on 4 May');
    expect(
      trending(choose(papers, reader('u'), known({ u: [match('other')] }, { sent: had('had') }))),
    ).toEqual([]);
  });

  test('what has less than half the heat of the hottest does not trend, nor what has none', () => {
    const hot = (...heats: number[]) =>
      edition(...heats.map((heat, n) => paper(`p${n}`, n + 1, { heat, votes: 0 })));
    const matches = known({ t: [match('p0')] });
    expect(trending(choose(hot(9, 5, 4), reader('t'), matches))).toEqual(['p1']);
    expect(trending(choose(hot(0, 0, 0), reader('t'), matches))).toEqual([]);
  });

  test('an edition without a paper is silent because nothing was listed', () => {
    expect(ids(choose(edition(), reader('t'), known({ t: [] })))).toBe('no paper was listed in these days');
  });

  test('a weekly reader gets what trended in the week, and is told of the week', () => {
    const papers = edition(
      paper('on', 1, { votes: 1 }),
      paper('fresh', 2, { votes: 10 }),
      ...Array.from({ length: 5 }, (_, n) => paper(`p${n}`, n + 3, { votes: 200 - n, votesGained: 0 })),
    );
    const weekly = { ...reader('t'), frequency: 'weekly' as const };
    const choice = choose(papers, weekly, known({ t: [match('on')] }));
    expect(trending(choice)).toEqual(['p0', 'p1', 'p2']);
    if (!('digest' in choice)) throw new Error('silent');
    expect(choice.digest.trending[0]?.reasons).toEqual([
      '1st of all papers this week',
      '200 votes since 5 May',
    ]);
  });
});

describe('whatever the input', () => {
  const someIds = fc.array(fc.integer({ min: 1, max: 40 }).map((n) => `p${n}`));
  const given = fc.record({
    papers: fc.uniqueArray(
      fc.record({
        n: fc.integer({ min: 1, max: 40 }),
        series: fc.integer({ min: 0, max: 12 }),
        votes: fc.nat(200),
      }),
      { selector: ({ n }) => n, minLength: 1, maxLength: 30 },
    ),
    topics: fc.array(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0.5, max: 1, noNaN: true }))),
      { minLength: 1, maxLength: 5 },
    ),
    sent: fc.array(
      fc.record({
        n: fc.integer({ min: 1, max: 40 }),
        votes: fc.nat(60),
        times: fc.integer({ min: 1, max: 2 }),
      }),
    ),
    excluded: someIds,
    leans: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.double({ min: -1, max: 1, noNaN: true }))),
    maxPapers: fc.integer({ min: 1, max: 20 }),
    popularity: fc.double({ min: 0, max: 1, noNaN: true }),
    weekly: fc.boolean(),
  });
  type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never;

  function play({ papers, topics, sent, excluded, leans, maxPapers, popularity, weekly }: Given) {
    const made = edition(
      ...papers
        .toSorted((a, b) => a.n - b.n)
        .map(({ n, series, votes }, index) =>
          paper(`p${n}`, index + 1, {
            votes,
            title: series > 0 ? `Series${'abcdefghijklm'[series]}: ${n}` : `Single ${n}`,
            authors: series > 0 ? [`Author ${series}`] : [`Author of ${n}`],
          }),
        ),
    );
    // What a topic excludes it does not match (match.ts).
    const matches = Object.fromEntries(
      topics.map((pairs, t) => [
        `t${t}`,
        [...new Map(pairs.map(([n, relevance]) => [`p${n}`, match(`p${n}`, relevance)])).values()].filter(
          ({ paperId }) => !excluded.includes(paperId),
        ),
      ]),
    );
    const what = known(matches, {
      excluded: new Set(excluded),
      sent: new Map(sent.map(({ n, ...before }) => [`p${n}`, { on: '2026-05-04', ...before }])),
      taste: new Map(leans.map(([n, lean]) => [`p${n}`, { lean, like: null }])),
    });
    const who: Reader = {
      ...reader(...Object.keys(matches)),
      maxPapers,
      popularity,
      frequency: weekly ? 'weekly' : 'daily',
    };
    const choice = choose(made, who, what);
    const field = fieldOf(made);
    const isNew = (id: string) => {
      const one = field.papers.get(id);
      return one !== undefined && (!what.sent.has(id) || isBack(one, what.sent.get(id), field));
    };
    const open = Object.values(matches).map((some) =>
      some.map(({ paperId }) => paperId).filter((id) => isNew(id)),
    );
    return { made, who, what, choice, open, twins: field.twins, isNew };
  }
  const always = (name: string, claim: (played: ReturnType<typeof play>) => void) =>
    test(name, () => fc.assert(fc.property(given, (values) => claim(play(values)))));

  always(
    'the same input gives the same digest, whatever the order of what is known',
    ({ made, who, what, choice }) => {
      expect(choose(made, who, what)).toEqual(choice);
      const shuffled = new Map([...what.matches].map(([id, some]) => [id, some.toReversed()]));
      expect(choose(made, who, { ...what, matches: shuffled })).toEqual(choice);
    },
  );

  always(
    'at most maxPapers and three more come, none twice, none again but what is back',
    ({ choice, who, isNew }) => {
      if (!('digest' in choice)) return;
      const all = [...(ids(choice) as string[]), ...trending(choice)];
      expect(ids(choice).length).toBeLessThanOrEqual(who.maxPapers);
      expect(trending(choice).length).toBeLessThanOrEqual(3);
      expect(new Set(all).size).toBe(all.length);
      expect(all.filter((id) => !isNew(id))).toEqual([]);
    },
  );

  always('an excluded paper never appears, whatever the taste', ({ choice, what }) => {
    if (!('digest' in choice)) return;
    const all = [...(ids(choice) as string[]), ...trending(choice)];
    expect(all.filter((id) => what.excluded.has(id))).toEqual([]);
  });

  always('no taste brings a paper that matches no topic among those that do', ({ choice, open }) => {
    if (!('digest' in choice)) return;
    expect((ids(choice) as string[]).filter((id) => !open.flat().includes(id))).toEqual([]);
  });

  always('nothing on the topics is no digest, and anything is one', ({ choice, open }) => {
    expect('silence' in choice).toBe(open.flat().length === 0);
  });

  always('every topic with a new paper has a place before any has a second', ({ choice, open, who }) => {
    if (!('digest' in choice)) return;
    const chosen = ids(choice) as string[];
    const unserved = open.filter((topic) => topic.length > 0 && !topic.some((id) => chosen.includes(id)));
    if (unserved.length === 0) return;
    expect(chosen).toHaveLength(who.maxPapers);
    // Each was the first of some topic: there are as many topics with a place as there are papers.
    const served = open.filter((topic) => topic.some((id) => chosen.includes(id)));
    expect(served.length).toBeGreaterThanOrEqual(chosen.length);
  });

  always('two twins do not both come while another paper is left out', ({ choice, open, twins, who }) => {
    if (!('digest' in choice)) return;
    const chosen = ids(choice) as string[];
    const second = chosen.filter((id) => chosen.some((other) => twins.get(id)?.has(other)));
    if (second.length === 0) return;
    const left = open.flat().filter((id) => !chosen.includes(id));
    const alternative = left.filter((id) => !chosen.some((other) => twins.get(id)?.has(other)));
    // But for a topic that has nothing else to show.
    const bound = open.some((topic) => topic.length > 0 && topic.every((id) => twins.has(id)));
    if (!bound) expect(alternative).toEqual([]);
    expect(chosen.length).toBeLessThanOrEqual(who.maxPapers);
  });
});

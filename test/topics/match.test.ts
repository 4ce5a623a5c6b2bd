import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { previewMatches } from '../../src/editions/matching.ts';
import { publish } from '../../src/editions/publish.ts';
import { CUT_OFF } from '../../src/topics/relevance.ts';
import { saveTopics } from '../../src/topics/topic.ts';
import { testApp } from '../support/app.ts';
import { addEdition, addPapers } from '../support/papers.ts';
import { topic } from '../support/topics.ts';

const app = await testApp();
await addEdition(app, [
  {
    id: '2605.00001',
    title: 'Speculative Decoding with LLM-Agents',
    abstract: 'We draft tokens for PPO/GRPO roll-outs, as Poincaré did.',
    authors: ['Kaiming He', 'Yoshua J. Bengio'],
    categories: ['cs.CL', 'stat.ML'],
  },
  {
    id: '2605.00002',
    title: 'Planning over Worlds',
    abstract: 'Large language models plan with tools. Agents are not considered. Decoding is fast.',
    authors: ['Michael Heinz', 'Hé Lín'],
    categories: ['cs.LG'],
  },
  {
    id: '2605.00003',
    title: 'A Video of Flows',
    abstract: 'Diffusion for video, and flow matching for images.',
    keywords: ['retrieval-augmented generation'],
    categories: ['eess.IV'],
  },
  { id: '2605.00004', title: 'Diffusion of Gases', abstract: 'A large language of models, and agents.' },
  ...Array.from({ length: 16 }, (_, n) => ({
    id: `2605.001${n + 10}`,
    title: `On modular forms, part ${n}`,
    abstract: 'We model nothing in particular.',
  })),
]);

const found = async (text: string) => {
  const { matches } = await previewMatches(app, '2026-05-06', [topic(text)]);
  return [...matches.values()].flat();
};
const ids = async (text: string) => (await found(text)).map(({ paperId }) => paperId.slice(-1)).sort();

describe('relevance', () => {
  test('all words in the title is 1, all in the abstract less, and less still when they stand apart', async () => {
    expect(await found('speculative decoding')).toContainEqual({
      paperId: '2605.00001',
      relevance: 1,
      inTitle: ['speculative', 'decoding'],
      inKeywords: [],
      inAbstract: [],
      byMeaning: false,
    });
    const [match] = await found('flow matching images');
    expect(match).toMatchObject({
      paperId: '2605.00003',
      inTitle: ['flow'],
      inKeywords: [],
      inAbstract: ['matching', 'images'],
      byMeaning: false,
    });
    expect(match?.relevance).toBeGreaterThan(0.7);
    expect((await found('"video of flows" diffusion'))[0]?.relevance).toBe(0.65);
  });

  test('a rare word that is missing costs more than a common one', async () => {
    expect(await ids('speculative decoding model')).toEqual(['1']);
    expect(await ids('decoding model zygomorphism')).toEqual([]);
  });

  test('below the cut-off a paper is not on the topic', async () => {
    for (const { relevance } of await found('diffusion video agents tools'))
      expect(relevance).toBeGreaterThanOrEqual(CUT_OFF);
    expect(await ids('tools speculative gases zebra')).toEqual([]);
  });

  test('a word that Postgres drops counts for nothing', async () => {
    expect((await found('decoding with the speculative'))[0]?.relevance).toBe(1);
  });

  test('the source’s keywords count like the title', async () => {
    expect(await found('RAG')).toEqual([
      {
        paperId: '2605.00003',
        relevance: 1,
        inTitle: [],
        inKeywords: ['rag'],
        inAbstract: [],
        byMeaning: false,
      },
    ]);
  });

  test('accents, slashes and hyphens do not hide a word', async () => {
    expect(await ids('Poincaré')).toEqual(['1']);
    expect(await ids('poincare')).toEqual(['1']);
    expect(await ids('GRPO')).toEqual(['1']);
    expect(await ids('rollouts OR "roll outs"')).toEqual(['1']);
  });

  test('an abbreviation finds what it stands for, but not its words strewn about', async () => {
    expect(await ids('LLM')).toEqual(['1', '2']);
    expect(await ids('large language model')).toEqual(['1', '2']);
  });
});

describe('filters', () => {
  test('a phrase must stand word for word, and is named in the reason', async () => {
    expect(await found('"flow matching"')).toEqual([
      {
        paperId: '2605.00003',
        relevance: 1,
        inTitle: [],
        inKeywords: [],
        inAbstract: ['flow matching'],
        byMeaning: false,
      },
    ]);
    expect((await found('"speculative decoding"'))[0]?.inTitle).toEqual(['speculative decoding']);
    expect(await ids('"matching flow"')).toEqual([]);
  });

  test('an excluded word or phrase keeps a paper out of every side of OR', async () => {
    expect(await ids('diffusion OR flow matching')).toEqual(['3', '4']);
    expect(await ids('diffusion OR flow matching -video')).toEqual(['4']);
    expect(await ids('diffusion OR flow matching -"flow matching"')).toEqual(['4']);
    const { excluded } = await previewMatches(app, '2026-05-06', [topic('diffusion -video'), topic('gases')]);
    expect([...excluded]).toEqual(['2605.00003']);
  });

  test('a category, or a whole archive', async () => {
    expect(await ids('cat:cs.CL')).toEqual(['1']);
    expect(await ids('cat:cs')).toEqual(['1', '2']);
    expect(await ids('cat:cs cat:stat.ML')).toEqual(['1']);
    expect(await ids('decoding cat:cs.LG')).toEqual(['2']);
    expect(await ids('cat:eess.IV OR cat:cs.LG')).toEqual(['2', '3']);
  });

  test('an author by whole parts of the name, in order', async () => {
    expect(await ids('author:"Kaiming He"')).toEqual(['1']);
    expect(await ids('author:"He Kaiming"')).toEqual([]);
    expect(await ids('author:"Yoshua Bengio"')).toEqual(['1']);
    expect(await ids('author:"Kaiming Bengio"')).toEqual([]);
    expect(await ids('author:He')).toEqual(['1', '2']);
    expect(await ids('author:kaiming author:lin')).toEqual([]);
  });

  test('a topic of filters alone has relevance 1', async () => {
    expect(await found('cat:cs.LG')).toEqual([
      { paperId: '2605.00002', relevance: 1, inTitle: [], inKeywords: [], inAbstract: [], byMeaning: false },
    ]);
  });

  test('the better side of OR counts', async () => {
    expect(await found('speculative OR gases zebra speculative')).toMatchObject([{ relevance: 1 }]);
  });
});

describe('what only looks like a match', () => {
  beforeAll(async () => {
    const trap = (n: number, title: string, abstract: string) => ({
      id: `2604.000${n < 10 ? '0' : ''}${n}`,
      title,
      abstract,
      listedOn: '2026-04-06' as const,
    });
    await addPapers(app, [
      trap(1, 'Video generation with flows', 'It makes films.'),
      trap(2, 'A generative model of user taste', 'We apply it to music. Its use for video is left open.'),
      trap(3, 'Initial value problems', 'Solved by networks.'),
      trap(4, 'Weight initialization at scale', 'The value network is initialized anew.'),
      trap(5, 'Teaching at a university', 'The objective is to detect cheating.'),
      trap(6, 'Object detection from afar', 'In a universe of galaxies.'),
      trap(8, 'Galaxies of moons', 'We observe far galaxies. Comets are observed too.'),
      trap(9, 'Comets of ice', 'Seen from moons. Comets come and go, says a survey of moons.'),
      trap(10, 'World models', 'They dream.'),
      trap(11, 'Tracking by a state-of-the-art model in the real world', 'It tracks.'),
      trap(7, 'Protein folding', 'The mechanics of folding. The experimental setup matters.'),
      ...Array.from({ length: 30 }, (_, n) => ({
        id: `2604.01${100 + n}`,
        title: `A model of learning, part ${n}`,
        abstract: 'The design of a method, a problem and a value, shown on video.',
        listedOn: '2026-04-06' as const,
      })),
    ]);
    await publish(app, { date: '2026-04-06' });
  });
  const on = async (text: string) => {
    const { matches } = await previewMatches(app, '2026-04-06', [topic(text)]);
    return [...matches.values()].flat().map(({ paperId }) => paperId.slice(-1));
  };

  test.each([
    ['video generation', ['1']],
    ['video generations', ['1']],
    ['initial value problem', ['3']],
    ['initial value', ['3']],
    ['weight initialisation', ['4']],
    ['universe', ['6']],
    ['university', ['5']],
    ['object detection', ['6']],
    ['experience replay', []],
    ['attention mechanism', []],
    ['protein design', []],
    ['galaxies comets', []],
    ['comets moons', ['9']],
    ['world model', ['0']],
    ['state tracking', []],
    ['"real world" model', ['1']],
    ['model learning zebra', []],
  ])('%s', async (text, expected) => {
    expect(await on(text)).toEqual(expected);
  });

  test('a name that ends in signs is no single letter', async () => {
    const listedOn = '2026-04-07' as const;
    await addPapers(app, [
      { id: '2604.02001', title: 'Translating C++ into Rust', abstract: 'A* finds the way.', listedOn },
      { id: '2604.02002', title: 'The constant C', abstract: 'A search for bounds.', listedOn },
    ]);
    await publish(app, { date: listedOn });
    const on = async (text: string) => {
      const { matches } = await previewMatches(app, listedOn, [topic(text)]);
      return [...matches.values()].flat().map(({ paperId }) => paperId.slice(-1));
    };
    expect(await on('c++')).toEqual(['1']);
    expect(await on('C')).toEqual(['2']);
    expect(await on('A*')).toEqual(['1']);
    expect(await on('Rust -c++')).toEqual([]);
    expect(await on('constant -c++')).toEqual(['2']);
  });
});

describe('properties', () => {
  const words = ['video', 'generation', 'model', 'learning', 'agents', 'llm', 'diffusion', 'tools', 'zebra'];
  const text = fc
    .subarray(words, { minLength: 1, maxLength: 5 })
    .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }))
    .map((some) => some.join(' '));

  test('relevance lies from the cut-off to 1, each paper is named once, and twice asked is twice the same', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (query) => {
        const matched = await found(query);
        for (const { relevance } of matched) expect(relevance >= CUT_OFF && relevance <= 1).toBe(true);
        expect(new Set(matched.map(({ paperId }) => paperId)).size).toBe(matched.length);
        expect(await found(query)).toEqual(matched);
      }),
      { numRuns: 25 },
    );
  });

  test('asked together topics get what each gets alone, and a paper that one excludes is not among its matches', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...words), async (query, never) => {
        fc.pre(!query.split(' ').includes(never));
        const topics = [topic(query), topic(`${query} OR planning -${never}`)];
        const together = await previewMatches(app, '2026-05-06', topics);
        expect(together.matches.get(topics[0]?.query ?? '')).toEqual(await found(query));
        for (const { paperId } of together.matches.get(topics[1]?.query ?? '') ?? [])
          expect(together.excluded.has(paperId)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });
});

test('so many topics that they are matched in turn get what each gets alone', async () => {
  const said = ['diffusion', 'decoding "large language"', 'cat:cs -video', 'zebra'];
  const topics = Array.from({ length: 230 }, (_, n) => topic(`${said[n % said.length]} OR zebra${n}`));
  const { matches } = await previewMatches(app, '2026-05-06', topics);
  const alone = await Promise.all(said.map((text) => found(text)));
  expect(alone.map(({ length }) => length)).toEqual([2, 1, 2, 0]);
  expect(topics.map(({ query }) => matches.get(query))).toEqual(topics.map((_, n) => alone[n % said.length]));
});

test('papers that have no word of a topic change nothing about it, however many they are', async () => {
  const own = await testApp();
  const words = ['protein', 'design', 'diffusion', 'folding', 'agents', 'llm', 'the', 'tools'];
  const [texts = []] = fc.sample(
    fc.array(fc.array(fc.constantFrom(...words, 'of'), { minLength: 2, maxLength: 12 }), {
      minLength: 25,
      maxLength: 25,
    }),
    { numRuns: 1, seed: 5 },
  );
  const said = texts.map((text) => text.join(' '));
  await addPapers(
    own,
    said.map((abstract, n) => ({ id: `2605.${10_000 + n}`, title: said[n - 1] ?? 'Nothing', abstract })),
  );
  const topics = fc
    .sample(fc.shuffledSubarray(words, { minLength: 2, maxLength: 5 }), { numRuns: 40, seed: 6 })
    .map((some) => topic(some.join(' ')));
  const matchedWith = async (others: number) => {
    await addPapers(
      own,
      Array.from({ length: others }, (_, n) => ({
        id: `2604.${String(others * 1000 + n).padStart(5, '0')}`,
        title: `Tides and moons ${n}`,
        abstract: 'The sea rises.',
      })),
    );
    await publish(own, { date: '2026-05-06' });
    const { matches } = await previewMatches(own, '2026-05-06', topics);
    const byPaper = (one: { paperId: string }, other: { paperId: string }) =>
      one.paperId < other.paperId ? -1 : 1;
    return [...matches].map(([query, found]) => ({ query, found: found.toSorted(byPaper) }));
  };
  const alone = await matchedWith(0);
  expect(alone.flatMap(({ found }) => found).length).toBeGreaterThan(100);
  for (const others of [1, 7, 60]) expect(await matchedWith(others)).toEqual(alone);
});

test('a topic of one common word is not met by saying it once in passing', async () => {
  const own = await testApp();
  await addPapers(own, [
    { id: '2605.00001', title: 'A benchmark', abstract: 'Nothing.' },
    { id: '2605.00002', title: 'Two', abstract: 'A benchmark of benchmarks.' },
    { id: '2605.00003', title: 'Three', abstract: 'A zebra.' },
    ...Array.from({ length: 50 }, (_, n) => ({
      id: `2605.${1000 + n}0`,
      title: 'Four',
      abstract: 'Better on one benchmark.',
    })),
  ]);
  await publish(own, { date: '2026-05-06' });
  const on = async (text: string) => {
    const { matches } = await previewMatches(own, '2026-05-06', [topic(text)]);
    return [...matches.values()].flat().map(({ paperId, relevance }) => [paperId.slice(-1), relevance]);
  };
  expect(await on('benchmark')).toEqual([
    ['1', 1],
    ['2', 0.59],
  ]);
  expect(await on('zebra')).toEqual([['3', 0.65]]);
});

describe('storing topics', () => {
  const at = new Date('2026-05-07T09:00:00Z');
  const save = (texts: string[]) => app.db.$transaction((tx) => saveTopics(tx, texts.map(topic), at));

  test('equal topics are one row, in the order asked for', async () => {
    const first = await save(['LLM agents', 'zebra', 'llm  AGENTS']);
    expect(first[0]).toBe(first[2]);
    expect(await save(['zebra', 'LLM agents'])).toEqual([first[1], first[0]]);
    expect(await app.db.topic.count({ where: { query: 'llm agents' } })).toBe(1);
    expect(await app.db.topicWay.count({ where: { topicId: first[0] ?? '' } })).toBe(1);
  });

  test('two readers with the same new topics at once get the same rows', async () => {
    const queries = ['ocean OR sea ice', 'glaciers', 'penguins'];
    const saved = await Promise.all([save(queries), save(queries.toReversed()), save(queries)]);
    expect(saved[1]).toEqual(saved[0]?.toReversed());
    expect(saved[2]).toEqual(saved[0]);
    expect(await app.db.topicWay.count({ where: { topic: { query: 'ocean OR sea ice' } } })).toBe(2);
  });

  test('text that looks like SQL or a query operator is stored and matched as words', async () => {
    for (const text of ["'); DROP TABLE papers; --x", "a'b & !c | d:*", 'x\\y <-> z %_', 'état:A*'])
      await expect(found(text)).resolves.toBeInstanceOf(Array);
  });

  test('a preview leaves nothing behind', async () => {
    const before = [await app.db.topic.count(), await app.db.editionTopic.count()];
    await found('speculative decoding');
    const after = [await app.db.topic.count(), await app.db.editionTopic.count()];
    expect(after).toEqual(before);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewMatches } from '../../src/editions/matching.ts';
import { publish } from '../../src/editions/publish.ts';
import { CUT_OFF } from '../../src/topics/match.ts';
import { type ParsedTopic, parseTopic, saveTopics } from '../../src/topics/topic.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';

let app: TestApp;

beforeAll(async () => {
  app = await testApp();
  await addPapers(app, [
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
  await publish(app, { date: '2026-05-06' });
});
afterAll(() => app.close());

const parsed = (text: string): ParsedTopic => {
  const topic = parseTopic(text);
  if (!topic.ok) throw new Error(topic.problem);
  return topic.topic;
};
const found = async (text: string) => {
  const { matches } = await previewMatches(app, '2026-05-06', [parsed(text)]);
  return [...matches.values()].flat();
};
const ids = async (text: string) => (await found(text)).map(({ paperId }) => paperId.slice(-1)).sort();

describe('relevance', () => {
  test('all words in the title is 1, all in the abstract 0.7', async () => {
    expect(await found('speculative decoding')).toContainEqual({
      paperId: '2605.00001',
      relevance: 1,
      inTitle: ['speculative', 'decoding'],
      inKeywords: [],
      inAbstract: [],
    });
    const [match] = await found('flow matching images');
    expect(match).toMatchObject({
      paperId: '2605.00003',
      inTitle: ['flow'],
      inKeywords: [],
      inAbstract: ['matching', 'images'],
    });
    expect(match?.relevance).toBeGreaterThan(0.7);
    expect((await found('"video of flows" diffusion'))[0]?.relevance).toBeCloseTo(0.7);
  });

  test('a rare word that is missing costs more than a common one', async () => {
    expect(await ids('speculative model')).toEqual(['1']);
    expect(await ids('speculative zygomorphism')).toEqual([]);
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
      { paperId: '2605.00003', relevance: 1, inTitle: [], inKeywords: ['rag'], inAbstract: [] },
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
      { paperId: '2605.00003', relevance: 1, inTitle: [], inKeywords: [], inAbstract: ['flow matching'] },
    ]);
    expect((await found('"speculative decoding"'))[0]?.inTitle).toEqual(['speculative decoding']);
    expect(await ids('"matching flow"')).toEqual([]);
  });

  test('an excluded word or phrase keeps a paper out of every side of OR', async () => {
    expect(await ids('diffusion OR flow matching')).toEqual(['3', '4']);
    expect(await ids('diffusion OR flow matching -video')).toEqual(['4']);
    expect(await ids('diffusion OR flow matching -"flow matching"')).toEqual(['4']);
    const { excluded } = await previewMatches(app, '2026-05-06', [
      parsed('diffusion -video'),
      parsed('gases'),
    ]);
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
      { paperId: '2605.00002', relevance: 1, inTitle: [], inKeywords: [], inAbstract: [] },
    ]);
  });

  test('the better side of OR counts', async () => {
    expect(await found('speculative OR gases zebra speculative')).toMatchObject([{ relevance: 1 }]);
  });
});

describe('storing topics', () => {
  const at = new Date('2026-05-07T09:00:00Z');
  const save = (texts: string[]) => app.db.$transaction((tx) => saveTopics(tx, texts.map(parsed), at));

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
    const before = [
      await app.db.topic.count(),
      await app.db.topicMatch.count(),
      await app.db.editionTopic.count(),
    ];
    await found('speculative decoding');
    const after = [
      await app.db.topic.count(),
      await app.db.topicMatch.count(),
      await app.db.editionTopic.count(),
    ];
    expect(after).toEqual(before);
  });
});

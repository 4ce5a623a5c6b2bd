import { beforeAll, describe, expect, test } from 'vitest';
import { countFound, harvest } from '../../src/editions/harvest.ts';
import { neighbours, triesOf } from '../../src/editions/neighbours.ts';
import { longForm } from '../../src/editions/spelt-out.ts';
import { perDay, verdictOf } from '../../src/editions/verdict.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';
import { topic } from '../support/topics.ts';

const app = await testApp();

const look = async (...texts: string[]) => {
  const found = await harvest(app, texts.map(topic));
  if (found === null) throw new Error('No edition.');
  return found;
};

test('before the first edition there is nothing to look at', async () => {
  expect(await harvest(app, [topic('world models')])).toBeNull();
  expect(await countFound(app, [topic('world models')])).toEqual(new Map());
});

describe('a harvest', () => {
  beforeAll(async () => {
    await addPapers(app, [
      {
        id: '2605.00001',
        title: 'World Models for Robots',
        listedOn: '2026-05-06',
        keywords: ['robotics', 'MPC'],
      },
      { id: '2605.00002', title: 'A World Model', listedOn: '2026-05-06', keywords: ['robotics'], votes: 3 },
      { id: '2605.00003', title: 'Optics', abstract: 'Of a world model.', listedOn: '2026-05-04' },
      { id: '2605.00004', title: 'Speculative Decoding', listedOn: '2026-04-23' },
      { id: '2605.00005', title: 'World Model, too old', listedOn: '2026-04-22' },
      { id: '2605.00006', title: 'World Model, too new', listedOn: '2026-05-07' },
      {
        id: '2605.00007',
        title: 'Faster',
        abstract: 'We use Multi-Slot Drafting (MSD) as drafts.',
        listedOn: '2026-05-05',
      },
      { id: '2605.00008', title: 'More multi-slot drafting', listedOn: '2026-05-05' },
    ]);
    const date = new Date('2026-05-06');
    await app.db.edition.create({ data: { date, publishedAt: date, asOf: date, opensAt: date } });
    await app.db.editionPaper.create({
      data: {
        editionDate: date,
        paperId: '2605.00002',
        rank: 1,
        heat: 1,
        votes: 3,
        comments: 0,
        votesGained: 3,
        starsGained: 0,
      },
    });
  });

  test('counts each topic’s papers by day, over the two weeks up to the latest edition', async () => {
    const { days, listed, topics } = await look('world models', 'speculative decoding', 'basket weaving');
    expect([days[0], days.at(-1), days.length]).toEqual(['2026-04-23', '2026-05-06', 14]);
    expect(listed).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2]);
    expect(topics.map(({ query, total }) => [query, total])).toEqual([
      ['world models', 3],
      ['speculative decoding', 1],
      ['basket weaving', 0],
    ]);
    expect(topics[0]?.found).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2]);
  });

  test('names the best, those with votes first, and where they bear the words', async () => {
    const [its] = (await look('world model')).topics;
    expect(its?.best.map(({ paperId, inTitle, inAbstract }) => [paperId, inTitle, inAbstract])).toEqual([
      ['2605.00002', ['world', 'model'], []],
      ['2605.00001', ['world', 'model'], []],
      ['2605.00003', [], ['world', 'model']],
    ]);
    expect(its?.keywords).toEqual(['robotics', 'MPC']);
  });

  test('changes nothing: its topics are not stored, and its transaction could not', async () => {
    await look('world models', 'a topic of nobody');
    expect([await app.db.topic.count(), await app.db.editionTopic.count()]).toEqual([0, 0]);
  });

  test('hostile topics are words like others', async () => {
    const { topics } = await look("x'); DROP TABLE papers; --", '\\u0000 % _ $1', 'cat:cs.CL');
    expect(topics.map(({ total }) => total)).toEqual([0, 0, 0]);
    expect(await app.db.paper.count()).toBe(8);
  });

  test('a silent topic has wider neighbours, each with what it brings', async () => {
    const topics = [topic('"robot world models" optics'), topic('underwater basket weaving models')];
    const near = await neighbours(app, topics, await look(...topics.map(({ query }) => query)));
    const first = near.get(topics[0]?.query ?? '') ?? [];
    expect(first.length).toBeGreaterThan(0);
    for (const { kind, total } of first) expect([kind, total > 0]).toEqual(['wider', true]);
    expect(near.get('underwater basket weaving models')).toEqual([
      { kind: 'wider', query: 'models', total: 3 },
    ]);
  });

  test('an abbreviation is spelt out from the papers that introduce it', async () => {
    const near = await neighbours(app, [topic('MSD')], await look('MSD'));
    expect(near.get('msd')).toEqual([{ kind: 'wider', query: 'MSD OR "multi slot drafting"', total: 2 }]);
  });

  test('papers lead to the keywords that they share', async () => {
    const near = await neighbours(app, [topic('world models')], await look('world models'));
    expect(near.get('world models')).toContainEqual({ kind: 'beside', query: 'robotics', total: 2 });
  });
});

describe('a verdict', () => {
  const listed = [0, 0, 50, 50, 50, 50, 50, 0, 0, 50, 50, 50, 50, 50];
  test.each([
    [0, 'silent'],
    [1, 'rare'],
    [2, 'good'],
    [120, 'good'],
    [121, 'broad'],
  ] as const)('%i papers of 500 in two weeks: %s', (total, verdict) => {
    expect(verdictOf({ listed }, { total })).toBe(verdict);
  });

  test('a topic that a third of few papers is on is broad only when there are enough to tell', () => {
    expect(verdictOf({ listed: [30, 30] }, { total: 20 })).toBe('broad');
    expect(verdictOf({ listed: [10, 10] }, { total: 18 })).toBe('good');
  });

  test('a day without papers does not count, and no days are no division', () => {
    expect(perDay({ listed }, { total: 30 })).toBe(3);
    expect(perDay({ listed: [0, 0] }, { total: 0 })).toBe(0);
  });
});

describe('what is tried', () => {
  const queries = (text: string, verdict: 'silent' | 'good' | 'broad', keywords: string[] = []) =>
    triesOf(topic(text), { best: [], keywords }, verdict).map(({ kind, topic }) => `${kind}: ${topic.query}`);

  test('for a silent topic: free words for phrases, one demand less, and its exclusions stay', () => {
    expect(queries('"flow matching" audio -speech', 'silent')).toEqual([
      'wider: audio flow matching -speech',
      'wider: "flow matching" -speech',
      'wider: audio -speech',
    ]);
  });

  test('for a broad topic: its papers’ keywords as phrases that must occur', () => {
    expect(queries('agents', 'broad', ['agents', 'reward hacking', 'say "no"'])).toEqual([
      'narrower: agents "reward hacking"',
    ]);
  });

  test('what says the same, or what the reader has, is no news', () => {
    const own = new Set(['robotics']);
    const tries = triesOf(
      topic('world model'),
      { best: [], keywords: ['world models', 'robotics', 'the', 'MPC'] },
      'good',
      own,
    );
    expect(tries.map(({ topic }) => topic.query)).toEqual(['mpc']);
  });
});

describe('a long form', () => {
  test.each([
    ['MSD', 'We use Multi-Slot Drafting (MSD).', 'multi slot drafting'],
    ['msds', 'Multi slot draftings (MSDs) help.', 'multi slot draftings'],
    ['MSD', 'We use (MSD) and multi-slot drafting.', null],
    ['MSD', 'A more thorough plan than others (MSD).', null],
    ['RL', 'Reinforcement Learning (RL) is in the table already.', null],
    ['msd heads', 'Multi-Slot Drafting (MSD).', null],
    ['"msd"', 'Multi-Slot Drafting (MSD).', null],
    ['a+b', 'Anything (a+b)', null],
  ])('of %s in “%s”', (text, abstract, long) => {
    expect(longForm(topic(text), abstract)).toBe(long);
  });
});

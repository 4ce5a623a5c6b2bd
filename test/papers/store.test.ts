import { beforeEach, describe, expect, test } from 'vitest';
import { LEXER } from '../../src/papers/lexer.ts';
import type { SourcePaper } from '../../src/papers/paper.ts';
import { merge, storePapers } from '../../src/papers/store.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
beforeEach(() => app.db.paper.deleteMany());

const paper = (fields: Partial<SourcePaper> = {}): SourcePaper => ({
  id: '2605.10000',
  title: 'A Title',
  abstract: 'An abstract.',
  tldr: 'In short.',
  authors: ['Łukasz Żurek', "Siobhán O'Dea"],
  keywords: ['graph'],
  categories: [],
  publishedAt: new Date('2026-05-05T12:00:00Z'),
  listedOn: '2026-05-06',
  source: 'huggingface',
  thumbnail: 'https://example.org/t.png',
  repository: 'https://example.org/r',
  projectPage: 'https://example.org/p',
  signal: { votes: 3, comments: 1, stars: null },
  ...fields,
});
const fromArxiv = (fields: Partial<SourcePaper> = {}) =>
  paper({
    source: 'arxiv',
    title: 'A Title at arXiv',
    abstract: 'An abstract at arXiv.',
    tldr: null,
    keywords: [],
    categories: ['cs.LG'],
    publishedAt: null,
    listedOn: '2026-05-05',
    thumbnail: null,
    repository: null,
    projectPage: null,
    signal: null,
    ...fields,
  });
const store = (papers: SourcePaper[]) => storePapers(app, papers, { measuredAt: app.now() });

describe('what is known of a paper after another source described it', () => {
  const known = (...papers: SourcePaper[]) =>
    papers.reduce<ReturnType<typeof merge> | undefined>((before, next) => merge(before, next), undefined);

  test('has the later text, and what only the other source has', () => {
    const both = {
      categories: ['cs.LG'],
      tldr: 'In short.',
      keywords: ['graph'],
      repository: 'https://example.org/r',
      publishedAt: new Date('2026-05-05T12:00:00Z'),
    };
    expect(known(paper(), fromArxiv())).toMatchObject({ ...both, title: 'A Title at arXiv' });
    expect(known(fromArxiv(), paper())).toMatchObject({ ...both, title: 'A Title' });
  });

  test('keeps an abstract and authors that the later one lacks', () => {
    expect(known(fromArxiv(), paper({ abstract: '', authors: [] }))).toMatchObject({
      abstract: 'An abstract at arXiv.',
      authors: ['Łukasz Żurek', "Siobhán O'Dea"],
    });
  });

  test('loses a link that the source which had it took back', () => {
    expect(known(paper(), paper({ repository: null }))?.repository).toBeNull();
  });

  test.each([
    [
      'the earlier of two lists',
      [paper({ listedOn: '2026-05-07' }), paper({ listedOn: '2026-05-06' })],
      '2026-05-06',
    ],
    [
      'the first list, read again',
      [paper({ listedOn: '2026-05-06' }), paper({ listedOn: '2026-05-07' })],
      '2026-05-06',
    ],
    ['Hugging Face’s after arXiv’s', [fromArxiv({ listedOn: '2026-05-04' }), paper()], '2026-05-06'],
    ['Hugging Face’s before arXiv’s', [paper(), fromArxiv({ listedOn: '2026-05-04' })], '2026-05-06'],
    [
      'arXiv’s earlier',
      [fromArxiv({ listedOn: '2026-05-05' }), fromArxiv({ listedOn: '2026-05-04' })],
      '2026-05-04',
    ],
  ])('is listed on the day of %s', (_, papers, day) => {
    expect(known(...papers)?.listedOn).toBe(day);
  });
});

test('a paper is kept whole, with its authors’ keys and one signal per measurement', async () => {
  await store([paper()]);
  app.setNow('2026-05-07T10:00:00Z');
  await store([paper({ signal: { votes: 9, comments: 2, stars: 5 } })]);
  await store([fromArxiv()]);
  expect(await app.db.paper.findMany({ include: { signals: { orderBy: { measuredAt: 'asc' } } } })).toEqual([
    {
      id: '2605.10000',
      title: 'A Title at arXiv',
      abstract: 'An abstract at arXiv.',
      tldr: 'In short.',
      authors: ['Łukasz Żurek', "Siobhán O'Dea"],
      authorKeys: ['lukasz zurek', 'siobhan o dea'],
      keywords: ['graph'],
      categories: ['cs.LG'],
      publishedAt: new Date('2026-05-05T12:00:00Z'),
      listedOn: new Date('2026-05-06'),
      lexedBy: LEXER,
      source: 'huggingface',
      thumbnail: 'https://example.org/t.png',
      repository: 'https://example.org/r',
      projectPage: 'https://example.org/p',
      firstSeenAt: new Date('2026-05-07T09:00:00Z'),
      updatedAt: new Date('2026-05-07T10:00:00Z'),
      signals: [
        {
          paperId: '2605.10000',
          measuredAt: new Date('2026-05-07T09:00:00Z'),
          votes: 3,
          comments: 1,
          stars: null,
        },
        {
          paperId: '2605.10000',
          measuredAt: new Date('2026-05-07T10:00:00Z'),
          votes: 9,
          comments: 2,
          stars: 5,
        },
      ],
    },
  ]);
});

test('the words of the title weigh A, of the keywords B, of the abstract C, without accents, slashes and hyphens', async () => {
  await store([
    paper({
      title: 'PPO/GRPO for Poincaré Embeddings',
      keywords: ['zero-shot'],
      abstract: 'Naïve baselines/ablations of state‐of‐the‐art agents.',
    }),
  ]);
  const [row] = await app.db.$queryRaw<{ words: string[] }[]>`
    SELECT array(SELECT word || ' ' || weights[1] FROM unnest(lexemes) AS word(word, positions, weights) ORDER BY 1) AS words
    FROM papers`;
  expect(row?.words).toEqual([
    'ablat C',
    'agent C',
    'baselin C',
    'embed A',
    'grpo0 A',
    'naiv C',
    'poincar A',
    'ppo0 A',
    'shot B',
    'sota0 C',
    'zero B',
    'zeroshot0 B',
  ]);
});

test('a paper that Postgres refuses is named and costs no other', async () => {
  const papers = Array.from({ length: 12 }, (_, index) => paper({ id: `2605.${20000 + index}` }));
  const spoil = (index: number, fields: Partial<SourcePaper>) => Object.assign(papers[index] ?? {}, fields);
  spoil(1, { title: 'NUL \0 within' });
  spoil(6, { signal: { votes: 3_000_000_000, comments: 0, stars: null } });
  spoil(11, { abstract: Array.from({ length: 600 }, (_, word) => `w${word}`.padEnd(2000, 'x')).join(' ') });
  expect(await store(papers)).toEqual({
    stored: 9,
    bad: [
      { id: '2605.20001', problem: 'unsupported Unicode escape sequence' },
      { id: '2605.20006', problem: 'value "3000000000" is out of range for type integer' },
      { id: '2605.20011', problem: expect.stringContaining('too long for tsvector') },
    ],
  });
  expect(await app.db.paper.count()).toBe(9);
  expect(await app.db.signal.count()).toBe(9);
});

test('many papers go in batch by batch, and progress is told', async () => {
  const many = Array.from({ length: 230 }, (_, index) => paper({ id: `2605.${20000 + index}` }));
  const progress: number[] = [];
  const options = { measuredAt: app.now(), onProgress: (done: number) => progress.push(done) };
  expect(await storePapers(app, many, options)).toEqual({ stored: 230, bad: [] });
  expect(progress).toEqual([200, 230]);
  expect(await app.db.paper.count()).toBe(230);
});

test('a paper that a source sends twice at once is kept once, as it was said last', async () => {
  expect(await store([paper(), paper({ title: 'Second' })])).toEqual({ stored: 1, bad: [] });
  expect((await app.db.paper.findMany()).map(({ title }) => title)).toEqual(['Second']);
});

test('two sources that write the same papers at once lose nothing of either', async () => {
  const ids = Array.from({ length: 60 }, (_, index) => `2605.${30000 + index}`);
  await Promise.all([
    store(ids.map((id) => paper({ id }))),
    store(ids.toReversed().map((id) => fromArxiv({ id }))),
  ]);
  const kept = await app.db.paper.findMany();
  expect(kept).toHaveLength(60);
  expect(kept.filter(({ tldr, categories }) => tldr === null || categories.length === 0)).toEqual([]);
  expect(new Set(kept.map(({ source }) => source))).toEqual(new Set(['huggingface']));
});

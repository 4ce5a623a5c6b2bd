import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { previewMatches } from '../../src/editions/matching.ts';
import { publish } from '../../src/editions/publish.ts';
import { foundWords } from '../../src/topics/found-words.ts';
import { searchPapers } from '../../src/topics/search.ts';
import { parseTopic } from '../../src/topics/topic.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';
import { topic } from '../support/topics.ts';

const app = await testApp();
await addPapers(app, [
  { id: '2605.00001', title: 'Speculative decoding with trees', votes: 3, listedOn: '2026-05-06' },
  { id: '2605.00002', title: 'Speculative decoding, decoded', votes: 9, listedOn: '2026-05-05' },
  { id: '2605.00003', title: 'Trees', abstract: 'We try speculative decoding.', votes: 99 },
  { id: '2605.00004', title: 'Decoding <b>brains</b> & minds', abstract: 'Decoding of speech.', votes: 1 },
  { id: '2605.00005', title: 'Agents made of LLMs', categories: ['cs.CL'], authors: ['Kaiming He'] },
  { id: '2605.00006', title: 'A survey of large language models', abstract: 'Nothing else.' },
  ...Array.from({ length: 30 }, (_, n) => ({
    id: `2604.${String(n).padStart(5, '0')}`,
    title: `Paper ${n} on diffusion`,
    listedOn: '2026-04-01' as const,
    votes: n,
  })),
]);
await app.db.$executeRaw`ANALYZE papers`;

const search = (text: string, options: { limit: number; offset?: number } = { limit: 20 }) =>
  searchPapers(app, topic(text), options);
const ids = async (text: string) => (await search(text)).hits.map(({ id }) => id.slice(-1));

describe('searching all papers', () => {
  test('the most relevant come first, and among equals those with more votes', async () => {
    expect((await ids('speculative decoding')).slice(0, 3)).toEqual(['2', '1', '3']);
  });

  test('speaks the language of topics', async () => {
    expect(await ids('"speculative decoding" -trees')).toEqual(['2']);
    expect(await ids('author:"Kaiming He"')).toEqual(['5']);
    expect(await ids('cat:cs')).toEqual(['5']);
    expect((await ids('LLM')).sort()).toEqual(['5', '6']);
    expect((await ids('brains OR survey')).sort()).toEqual(['4', '6']);
  });

  test('tells the words that it found as they stand in the paper, whatever stands around them', async () => {
    const words = await foundWords(app, topic('decoding brain OR "of speech" OR zymurgy'), [
      '2605.00004',
      '2605.00005',
    ]);
    expect(words.get('2605.00004')?.sort()).toEqual(['brains', 'decoding', 'speech']);
    expect(words.get('2605.00005')).toEqual([]);
  });

  test('tells what counts only side by side as one, not wherever a part of it stands', async () => {
    await addPapers(app, [
      {
        id: '2602.00001',
        title: 'Modeling agents by large language-models',
        abstract: 'A large step: chain of thought for LLMs, in a chain.',
      },
    ]);
    const words = await foundWords(app, topic('LLM "chain of thought"'), ['2602.00001']);
    expect(words.get('2602.00001')?.sort()).toEqual(['chain of thought', 'large language models', 'llms']);
  });

  test('tells words with accents and without, as they were asked for', async () => {
    await addPapers(app, [
      { id: '2602.00002', title: 'Poincaré maps', abstract: 'Poincare was no cartographer.' },
    ]);
    const words = await foundWords(app, topic('Poincaré'), ['2602.00002']);
    expect(words.get('2602.00002')?.sort()).toEqual(['poincare', 'poincaré']);
  });

  test('goes page by page, each paper once, and says how many there are', async () => {
    const first = await search('diffusion', { limit: 20 });
    const second = await search('diffusion', { limit: 20, offset: 20 });
    const all = [...first.hits, ...second.hits].map(({ id }) => id);
    expect(first).toMatchObject({ total: 30, capped: false });
    expect(second.hits.length).toBe(10);
    expect(new Set(all).size).toBe(30);
    expect(first.hits.map(({ votes }) => votes)).toEqual(Array.from({ length: 20 }, (_, n) => 29 - n));
  });

  test('finds an author by the parts of one name, in their order, and a category within its archive', async () => {
    await addPapers(app, [
      {
        id: '2603.00001',
        title: 'Masks',
        authors: ['Kaiming X. He', 'Ross Girshick'],
        categories: ['q-bio.NC'],
      },
      { id: '2603.00002', title: 'Nets', authors: ['He Kaiming', 'Ross Brown'], categories: ['q-bio'] },
    ]);
    expect((await ids('author:"Kaiming He"')).sort()).toEqual(['1', '5']);
    expect(await ids('author:"Ross Girshick" author:"Kaiming He"')).toEqual(['1']);
    expect(await ids('author:"Kaiming Girshick"')).toEqual([]);
    expect((await ids('cat:q-bio')).sort()).toEqual(['1', '2']);
    expect(await ids('cat:q-bio.NC')).toEqual(['1']);
    expect(await ids('cat:cs.CV')).toEqual([]);
  });

  test('an old paper with all the words is found, however many newer ones have one of them', async () => {
    await addPapers(app, [
      { id: '2001.00009', title: 'Quasars seen through pulsars', listedOn: '2020-01-01', votes: 1 },
    ]);
    await app.db.$executeRaw`
      INSERT INTO papers (id, title, abstract, listed_on, source, first_seen_at, updated_at, lexemes)
      SELECT 'x' || n, word, '', '2026-05-01', 'arxiv', now(), now(), setweight(to_tsvector('english', word), 'A')
      FROM generate_series(1, 4200) AS n, LATERAL (SELECT CASE n % 2 WHEN 0 THEN 'quasar' ELSE 'pulsar' END) AS t(word)`;
    const { hits, capped } = await search('quasars pulsars');
    expect(hits).toMatchObject([{ id: '2001.00009', relevance: 1 }]);
    expect(capped).toBe(false);
    expect(await search('quasars')).toMatchObject({ total: 2000, capped: true });
  });

  test('a phrase of common words is looked for in the newest papers that have them, and the answer says so', async () => {
    await app.db.$executeRaw`
      INSERT INTO papers (id, title, abstract, listed_on, source, first_seen_at, updated_at, lexemes)
      SELECT 'y' || n, said, '', date '2026-05-02' - (n / 1500), 'arxiv', now(), now(), setweight(to_tsvector('english', said), 'A')
      FROM generate_series(1, 6000) AS n,
        LATERAL (SELECT CASE WHEN n IN (1, 6000) THEN 'dark matter' ELSE 'matter of dark halos' END) AS t(said)`;
    const { hits, total, capped } = await search('"dark matter"');
    expect([hits.map(({ id }) => id), total, capped]).toEqual([['y1'], 1, true]);
    expect(await search('"dark quasars"')).toEqual({ hits: [], total: 0, capped: false });
  });

  test('and an edition agree on what is on a topic', async () => {
    const own = await testApp();
    const words = ['worlds', 'models', 'agents', 'robots', 'llm', 'large language models', 'trees', 'video'];
    const said = fc.array(fc.constantFrom(...words, 'the', 'of'), { minLength: 1, maxLength: 6 });
    const texts = fc.sample(fc.tuple(said, said), { numRuns: 40, seed: 7 });
    await addPapers(
      own,
      texts.map(([title, abstract], n) => ({
        id: `2605.${String(n).padStart(5, '0')}`,
        title: title.join(' '),
        abstract: abstract.join(' '),
      })),
    );
    await publish(own, { date: '2026-05-06' });
    const side = fc.array(fc.constantFrom(...words, '"world models"', 'cat:cs', '"agents of trees"'), {
      minLength: 1,
      maxLength: 4,
    });
    const topics = fc
      .tuple(
        fc.array(side, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', ' -video', ' -"tree agents"'),
      )
      .map(([sides, never]) => sides.map((side) => side.join(' ')).join(' OR ') + never);
    await fc.assert(
      fc.asyncProperty(topics, async (text) => {
        const parsed = parseTopic(text);
        fc.pre(parsed.ok);
        const { matches } = await previewMatches(own, '2026-05-06', [parsed.topic]);
        const { hits } = await searchPapers(own, parsed.topic, { limit: 100 });
        const matched = [...matches.values()].flat().map(({ paperId }) => paperId);
        expect(hits.map(({ id }) => id).sort()).toEqual(matched.sort());
      }),
      { numRuns: 40 },
    );
  });

  test('what nobody wrote about is found nowhere', async () => {
    expect(await search('zymurgy')).toEqual({ hits: [], total: 0, capped: false });
  });
});

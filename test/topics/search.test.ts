import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchPapers } from '../../src/topics/search.ts';
import { parseTopic } from '../../src/topics/topic.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';

let app: TestApp;

beforeAll(async () => {
  app = await testApp();
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
});
afterAll(() => app.close());

const search = (text: string, options: { limit: number; offset?: number } = { limit: 20 }) => {
  const parsed = parseTopic(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return searchPapers(app, parsed.topic, options);
};
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
    const { hits } = await search('decode brain');
    const hit = hits.find(({ id }) => id === '2605.00004');
    expect(hit?.words.sort()).toEqual(['brains', 'decoding']);
    expect(hit?.title).toBe('Decoding <b>brains</b> & minds');
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

  test('what nobody wrote about is found nowhere', async () => {
    expect(await search('zymurgy')).toEqual({ hits: [], total: 0, capped: false });
  });
});

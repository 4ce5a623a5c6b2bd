import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startStandIn } from '../../demo/stand-in.ts';
import { fetchDay, readList } from '../../src/papers/huggingface.ts';
import { ask, pauseOf } from '../../src/papers/request.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { inOrder, startPeer, timeMachine } from './peer.ts';

const fixtures = fileURLToPath(new URL('../fixtures/huggingface', import.meta.url));

const peer = await startPeer();
const app = await testApp({ env: { HF_URL: peer.url, HF_TOKEN: 'hf_for_a_test' } });
afterAll(peer.close);
beforeEach(() => {
  peer.asked.length = 0;
  app.setNow('2026-05-07T09:00:00Z');
});

const record = (id: string) => ({ paper: { id, title: `Paper ${id}`, upvotes: 1 }, numComments: 0 });
const records = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => record(`2605.${10000 + from + index}`));
const json = (body: unknown) => ({ body: JSON.stringify(body) });

describe('a day of the list', () => {
  let standIn: Awaited<ReturnType<typeof startStandIn>>;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-list-'));
    standIn = await startStandIn({ folder: fixtures, today: () => '2026-05-07' });
  });
  afterAll(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true });
  });
  const at = (url: string): TestApp => ({
    ...app,
    config: { ...app.config, huggingface: { url, token: undefined } },
  });

  test('every shape that the API has had since 2024 is read', async () => {
    const { papers, bad } = await fetchDay(at(standIn.url), '2026-05-05');
    expect(bad).toEqual([]);
    expect(papers).toEqual([
      expect.objectContaining({
        id: '2605.90001',
        title: 'Slow Clocks: Scheduling Training Runs by Tide',
        abstract:
          'Training runs wait for each other. We let them wait for the tide instead, and measure what is lost.',
        tldr: null,
        thumbnail: 'https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2605.90001.png',
        publishedAt: new Date('2026-05-04T17:50:01Z'),
        listedOn: '2026-05-05',
        signal: { votes: 4, comments: 1, stars: null },
      }),
      expect.objectContaining({
        id: '2605.90002',
        authors: ['Iria Souto'],
        repository: 'https://github.com/example/reading-room',
        projectPage: 'https://readingroom.example.org/',
        signal: { votes: 12, comments: 2, stars: null },
      }),
      expect.objectContaining({
        id: '2605.90003',
        tldr: 'Shows that two policy-gradient methods are one method seen from two sides.',
        keywords: ['reinforcement learning', 'policy gradient'],
        thumbnail: 'https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2605.90003.png',
        publishedAt: new Date('2026-05-04T17:59:46Z'),
        signal: { votes: 18, comments: 5, stars: 2 },
      }),
    ]);
  });

  test('bad records are named with what is wrong, and all the others go in', async () => {
    const { papers, bad } = await fetchDay(at(standIn.url), '2026-05-07');
    expect(papers.map(({ id }) => id)).toEqual([
      '2605.90010',
      '2605.90020',
      'hep-th/9901001',
      '2605.90021',
      '2605.90025',
    ]);
    expect(bad).toEqual([
      { id: '2605.90022', problem: 'paper.title: is empty' },
      { id: 'not an id', problem: 'paper.id: is not an arXiv id' },
      { id: '2605.90023', problem: expect.stringMatching(/^paper\.upvotes: /) },
      { id: 'record 8', problem: expect.stringMatching(/^record: /) },
      { id: 'record 9', problem: expect.stringMatching(/^record: /) },
    ]);
  });

  test('hostile text is inert and hostile links are dropped', async () => {
    const { papers } = await fetchDay(at(standIn.url), '2026-05-07');
    expect(papers.find(({ id }) => id === '2605.90021')).toMatchObject({
      title: '<script>alert(1)</script> {{ title }} \ufffd </mj-text> \u202eback',
      abstract: 'A & B < C &amp; D; NUL and bell gone.',
      tldr: 'Half a pair: \ufffd.',
      authors: ["Robert'); DROP TABLE papers;--"],
      keywords: ['ab'],
      repository: null,
      projectPage: null,
    });
  });

  test('a record that is not wrapped, has nulls, or adornments of the wrong type is a paper', async () => {
    const { papers } = await fetchDay(at(standIn.url), '2026-05-07');
    expect(papers.find(({ id }) => id === '2605.90020')?.signal).toEqual({
      votes: 3,
      comments: 2,
      stars: null,
    });
    expect(papers.find(({ id }) => id === 'hep-th/9901001')).toMatchObject({
      abstract: '',
      publishedAt: null,
    });
    expect(papers.find(({ id }) => id === '2605.90025')).toMatchObject({
      keywords: [],
      publishedAt: null,
      signal: null,
    });
  });

  test('a day of more than a page is read to its end', async () => {
    writeFileSync(join(folder, '2026-05-04.json'), JSON.stringify(records(0, 120)));
    const many = await startStandIn({ folder, today: () => '2026-05-07' });
    const { papers, bad } = await fetchDay(at(many.url), '2026-05-04').finally(many.close);
    expect(papers).toHaveLength(120);
    expect(bad).toEqual([]);
  });

  test('a weekend has no papers, and neither has a day to come', async () => {
    expect(await fetchDay(at(standIn.url), '2026-05-02')).toEqual({ papers: [], bad: [] });
    expect(await fetchDay(at(standIn.url), '2026-05-09')).toEqual({ papers: [], bad: [] });
  });
});

describe('the list’s day', () => {
  const listed = (submittedOnDailyAt: unknown) =>
    readList([{ paper: { id: '2605.10000', title: 'A', submittedOnDailyAt } }], '2026-05-06').papers[0]
      ?.listedOn;

  test('is what the record says, as long as that is not after the list that bears it', () => {
    expect(listed('2026-05-05T03:13:21.491Z')).toBe('2026-05-05');
    expect(listed('2026-05-06T00:00:00.000Z')).toBe('2026-05-06');
    expect(listed('2031-01-01T00:00:00.000Z')).toBe('2026-05-06');
    expect(listed('2026-02-31')).toBe('2026-05-06');
    expect(listed(undefined)).toBe('2026-05-06');
    expect(listed(20260505)).toBe('2026-05-06');
  });
});

describe('paging', () => {
  test('ends at an endpoint that ignores the page and repeats itself', async () => {
    peer.reply = () => json(records(0, 50));
    expect((await fetchDay(app, '2026-05-06')).papers).toHaveLength(50);
    expect(peer.asked.map(({ url }) => url.searchParams.get('p'))).toEqual(['0', '1']);
  });

  test('goes on over a page of bad records, and names a record that moved to the next page once', async () => {
    const broken = Array.from({ length: 50 }, () => ({ paper: {} }));
    peer.reply = (url) => json([records(0, 50), broken, records(49, 3)][Number(url.searchParams.get('p'))]);
    const { papers, bad } = await fetchDay(app, '2026-05-06');
    expect(papers.map(({ id }) => id)).toEqual(records(0, 52).map(({ paper }) => paper.id));
    expect(bad).toHaveLength(50);
    expect(bad[0]?.id).toBe('record 51');
  });

  test('asks for the day, 50 at a time, with the token', async () => {
    peer.reply = () => json([]);
    await fetchDay(app, '2026-05-06');
    expect(peer.asked[0]?.url.href.replace(/^http:..peer/, '')).toBe(
      '/api/daily_papers?date=2026-05-06&limit=50&p=0',
    );
    expect(peer.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer hf_for_a_test',
      'user-agent': 'Paperboy (+https://paperboy.test)',
    });
  });
});

describe('a list with anything in it', () => {
  const good = fc
    .uniqueArray(fc.integer({ min: 0, max: 9999 }), { maxLength: 5 })
    .map((numbers) => numbers.map((number) => record(`2605.${String(number).padStart(5, '7')}`)));
  const junk = fc.oneof(
    fc.jsonValue(),
    fc.record({ paper: fc.jsonValue() }),
    fc.record({
      paper: fc.record({ id: fc.constant('2604.00001'), title: fc.jsonValue(), authors: fc.jsonValue() }),
    }),
    fc.record(
      {
        paper: fc.record(
          {
            id: fc.constantFrom('2604.00002', 'x'),
            title: fc.string({ unit: 'binary' }),
            summary: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
            authors: fc.oneof(fc.array(fc.record({ name: fc.string({ unit: 'binary' }) })), fc.jsonValue()),
            upvotes: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
            publishedAt: fc.oneof(fc.string(), fc.date().map(String), fc.jsonValue()),
            githubRepo: fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.jsonValue()),
            githubStars: fc.oneof(fc.maxSafeInteger(), fc.jsonValue()),
            ai_keywords: fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.jsonValue()),
          },
          { requiredKeys: [] },
        ),
        numComments: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  );

  test('never throws, never loses a good record, and accounts for every other', () => {
    fc.assert(
      fc.property(good, fc.array(junk), fc.infiniteStream(fc.boolean()), (wanted, unwanted, coin) => {
        const list: unknown[] = [...unwanted];
        for (const one of wanted) list.splice(coin.next().value ? 0 : list.length, 0, one);
        const { papers, bad } = readList(list, '2026-05-06');
        expect(papers.map(({ id }) => id)).toEqual(
          expect.arrayContaining(wanted.map(({ paper }) => paper.id)),
        );
        expect(papers.length + bad.length).toBeLessThanOrEqual(list.length);
        const text = JSON.stringify({ papers, bad });
        expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(papers.every(({ title }) => title !== '')).toBe(true);
      }),
    );
  });

  test('of absurd size is cut to what can be kept', () => {
    const [paper] = readList(
      [
        {
          paper: {
            id: '2605.10000',
            title: 'x'.repeat(5000),
            summary: 'y'.repeat(50_000),
            authors: Array.from({ length: 6000 }, (_, index) => ({ name: `Author ${index}` })),
            ai_keywords: Array.from({ length: 1000 }, (_, index) => `word ${index}`),
          },
        },
      ],
      '2026-05-06',
    ).papers;
    expect(paper?.title).toHaveLength(1000);
    expect(paper?.abstract).toHaveLength(20_000);
    expect(paper?.authors).toHaveLength(5000);
    expect(paper?.keywords).toHaveLength(100);
  });
});

describe('when Hugging Face does not answer as it should', () => {
  let time: ReturnType<typeof timeMachine>;
  beforeEach(() => {
    time = timeMachine(() => app);
  });
  const read = (day = '2026-05-06') => fetchDay(app, day, { wait: time.wait });
  const limited = (headers: Record<string, string>) => ({ status: 429, headers, body: '{}' });

  test('a short pause that it asks for is kept, then it is asked again', async () => {
    peer.reply = inOrder(
      limited({ 'retry-after': '7' }),
      limited({ ratelimit: '"api";r=0;t=55', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' }),
      json(records(0, 1)),
    );
    expect((await read()).papers).toHaveLength(1);
    expect(time.pauses).toEqual([7_000, 55_000]);
  });

  test('a long pause is not waited for but reported', async () => {
    peer.reply = inOrder(limited({ ratelimit: '"api";r=0;t=240' }));
    await expect(read()).rejects.toThrow(
      'Hugging Face limits our requests (429): it wants a pause of 240 s.',
    );
    expect(time.pauses).toEqual([]);
    expect(peer.asked).toHaveLength(1);
  });

  test('a server in trouble is asked three times in all', async () => {
    peer.reply = inOrder({ status: 503, body: '<html>' });
    await expect(read()).rejects.toThrow('Hugging Face is in trouble (503).');
    expect(time.pauses).toEqual([2_000, 10_000]);
  });

  test('a refusal is reported in its own words, and never with the token', async () => {
    peer.reply = inOrder({ status: 401, body: '{"error":"Invalid credentials."}' });
    await expect(read()).rejects.toThrow('Hugging Face answered 401: Invalid credentials.');
    peer.reply = inOrder({ status: 400, body: '{"error":"\\u0007Invalid date"}' });
    await expect(read()).rejects.toThrow('Hugging Face answered 400: Invalid date.');
  });

  test.each([
    ['a page', '<!doctype html>'],
    ['nothing', ''],
    ['an object', '{"error":"no"}'],
    ['half an answer', '[{"paper":{"id":"2605.10000"'],
  ])('%s in place of the list is an error', async (_, body) => {
    peer.reply = inOrder({ body });
    await expect(read()).rejects.toThrow('Hugging Face sent something else than a list of papers.');
  });

  test('a server that is away is asked once more and then reported', async () => {
    const gone: TestApp = {
      ...app,
      config: { ...app.config, huggingface: { url: 'http://127.0.0.1:9', token: undefined } },
    };
    await expect(fetchDay(gone, '2026-05-06', { wait: time.wait })).rejects.toMatchObject({
      message: expect.stringMatching(/^Hugging Face could not be reached: /),
      away: true,
    });
    expect(time.pauses).toEqual([1_000]);
  });

  test('a silent server is not waited for forever, and an endless answer is not read', async () => {
    const manner = { name: 'The peer', backoff: [], wait: time.wait, timeoutMs: 50, maxBytes: 1_000_000 };
    peer.reply = () => undefined;
    await expect(ask(app, peer.url, manner)).rejects.toThrow(
      'The peer could not be reached: no answer within 0.05 s.',
    );
    peer.reply = () => ({ body: 'x'.repeat(1_000_001) });
    await expect(ask(app, peer.url, { ...manner, timeoutMs: 10_000 })).rejects.toThrow(
      'The peer sent more than 1 MB, which is not read.',
    );
  });
});

test('the pause that an answer asks for is read from either header', () => {
  const now = new Date('2026-05-07T09:00:00Z');
  const pause = (headers: Record<string, string>) => pauseOf(new Headers(headers), now);
  expect(pause({ 'retry-after': '120' })).toBe(120_000);
  expect(pause({ 'retry-after': 'Thu, 07 May 2026 09:00:30 GMT' })).toBe(30_000);
  expect(pause({ 'retry-after': 'Thu, 07 May 2026 08:00:00 GMT' })).toBe(0);
  expect(pause({ 'retry-after': 'soon', ratelimit: '"api";r=0;t=12' })).toBe(12_000);
  expect(pause({})).toBeUndefined();
});

afterEach(() => {
  peer.reply = () => ({ status: 404 });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { announcementWindow, fetchDay } from '../../src/papers/arxiv.ts';
import { inTurn } from '../../src/papers/turn.ts';
import { testApp } from '../support/app.ts';
import { inOrder, startPeer, timeMachine } from './peer.ts';

const fixture = (name: string) => ({
  body: readFileSync(new URL(`../fixtures/arxiv/${name}.xml`, import.meta.url), 'utf8'),
});

let time: ReturnType<typeof timeMachine>;

const peer = await startPeer();
const app = await testApp({
  env: { ARXIV_URL: peer.url, ARXIV_RSS_URL: peer.url, ARXIV_CATEGORIES: 'cs.CL,cs.LG' },
});
afterAll(peer.close);
beforeEach(async () => {
  peer.asked.length = 0;
  app.setNow('2026-05-07T09:00:00Z');
  await app.db.turn.deleteMany();
  time = timeMachine(() => app);
});

const read = (day: string) => fetchDay(app, day, { wait: time.wait });

describe('a past day', () => {
  test('is asked of the query API by when its papers were submitted, page after page', async () => {
    peer.reply = (url) => fixture(url.searchParams.get('start') === '0' ? 'page-1' : 'page-2');
    const { papers, bad, doubt } = await read('2026-05-06');
    expect(papers.map(({ id }) => id)).toEqual(['2605.91001', 'math/0309136', '2605.91003']);
    expect(papers.every(({ listedOn }) => listedOn === '2026-05-06')).toBe(true);
    expect(bad).toHaveLength(1);
    expect(doubt).toBeUndefined();
    expect(peer.asked.map(({ url }) => url.pathname)).toEqual(['/api/query', '/api/query']);
    expect(Object.fromEntries(peer.asked[1]?.url.searchParams ?? [])).toEqual({
      search_query: '(cat:cs.CL OR cat:cs.LG) AND submittedDate:[202605041800 TO 202605051759]',
      sortBy: 'submittedDate',
      sortOrder: 'ascending',
      start: '2',
      max_results: '500',
    });
  });

  test('at a weekend, or to come, is empty without a question', async () => {
    expect(await read('2026-05-02')).toEqual({ papers: [], bad: [] });
    expect(await read('2026-05-08')).toEqual({ papers: [], bad: [] });
    expect(peer.asked).toEqual([]);
  });

  test('that is empty although it should not be is asked for again, for it may be throttling', async () => {
    peer.reply = inOrder(fixture('empty'), fixture('page-1'), fixture('page-2'));
    const { papers, doubt } = await read('2026-05-06');
    expect(papers).toHaveLength(3);
    expect(doubt).toBeUndefined();
  });

  test('that stays empty is doubted', async () => {
    peer.reply = () => fixture('empty');
    expect(await read('2026-05-06')).toEqual({
      papers: [],
      bad: [],
      doubt: 'arXiv sent none of the day’s papers from 0 on. It may be busy, or had a holiday.',
    });
    expect(peer.asked).toHaveLength(3);
  });

  test('whose later page is empty keeps the papers of the others, and is doubted', async () => {
    const hollow = {
      body: fixture('empty').body.replace('>0</opensearch:totalResults', '>4</opensearch:totalResults'),
    };
    peer.reply = (url) => (url.searchParams.get('start') === '0' ? fixture('page-1') : hollow);
    const { papers, doubt } = await read('2026-05-06');
    expect(papers).toHaveLength(2);
    expect(doubt).toBe('arXiv sent none of 4 papers from 2 on. It may be busy, or had a holiday.');
  });
});

describe('today', () => {
  test('is read from the feed of announcements', async () => {
    peer.reply = () => fixture('rss-2026-05-07');
    const { papers, bad, doubt } = await read('2026-05-07');
    expect(papers.map(({ id }) => id)).toEqual(['2605.90010', '2605.92002']);
    expect(bad).toHaveLength(1);
    expect(doubt).toBeUndefined();
    expect(peer.asked.map(({ url }) => url.pathname)).toEqual(['/rss/cs.CL+cs.LG']);
  });

  test('before New York’s midnight still brings the day before, and nobody wonders', async () => {
    app.setNow('2026-05-08T03:00:00Z');
    peer.reply = () => fixture('rss-2026-05-07');
    const { papers, doubt } = await read('2026-05-08');
    expect(papers.map(({ listedOn }) => listedOn)).toEqual(['2026-05-07', '2026-05-07']);
    expect(doubt).toBeUndefined();
  });

  test('is doubted when the feed is stale or empty long after', async () => {
    app.setNow('2026-05-08T09:00:00Z');
    peer.reply = () => fixture('rss-2026-05-07');
    expect(await read('2026-05-08')).toMatchObject({
      papers: [{ id: '2605.90010' }, { id: '2605.92002' }],
      doubt: "arXiv's feed is still that of 2026-05-07 (a holiday of arXiv, or it is late).",
    });
    peer.reply = () => ({ body: '<rss><channel><title>x</title></channel></rss>' });
    expect((await read('2026-05-08')).doubt).toBe(
      "arXiv's feed is empty (a holiday of arXiv, or it is late).",
    );
  });

  test('may be empty at a weekend', async () => {
    app.setNow('2026-05-09T12:00:00Z');
    peer.reply = () => ({ body: '<rss><channel><title>x</title></channel></rss>' });
    expect(await read('2026-05-09')).toEqual({ papers: [], bad: [] });
    expect(peer.asked).toHaveLength(1);
  });
});

describe('when arXiv does not answer as it should', () => {
  test('a busy arXiv is asked again after longer and longer pauses', async () => {
    peer.reply = inOrder({ status: 429 }, { status: 503 }, fixture('rss-2026-05-07'));
    expect((await read('2026-05-07')).papers).toHaveLength(2);
    expect(time.pauses).toEqual([5_000, 15_000]);
  });

  test('one that stays busy is reported', async () => {
    peer.reply = () => ({ status: 429 });
    await expect(read('2026-05-07')).rejects.toThrow('arXiv limits our requests (429).');
    expect(peer.asked).toHaveLength(4);
  });

  test.each([200, 400])('an error entry with status %i is reported in its own words', async (status) => {
    peer.reply = () => ({ status, ...fixture('error') });
    await expect(read('2026-05-06')).rejects.toThrow('arXiv reports an error: start must be an integer.');
    expect(peer.asked).toHaveLength(1);
  });

  test('another status is reported', async () => {
    peer.reply = () => ({ status: 404, body: 'gone' });
    await expect(read('2026-05-06')).rejects.toThrow('arXiv answered 404.');
  });
});

describe('taking turns', () => {
  const turn = <T>(request: () => Promise<T>) =>
    inTurn(app, { host: 'arxiv.org', gapMs: 3_000, wait: time.wait }, request);
  const clock = () => (app.now().getTime() - Date.parse('2026-05-07T09:00:00Z')) / 1000;

  test('two requests are three seconds apart, however they come', async () => {
    peer.reply = (url) => fixture(url.searchParams.get('start') === '0' ? 'page-1' : 'page-2');
    await read('2026-05-06');
    expect(time.pauses).toEqual([3_000]);
    app.setNow('2026-05-07T09:00:04Z');
    await read('2026-05-06');
    expect(time.pauses).toEqual([3_000, 2_000, 3_000]);
  });

  test('while one asks, the others wait, and a failure passes the turn on too', async () => {
    const times: Record<string, number> = {};
    const answer = Promise.withResolvers<void>();
    const asking = Promise.withResolvers<void>();
    const first = turn(async () => {
      times.first = clock();
      asking.resolve();
      await answer.promise;
      times.answered = clock();
      throw new Error('no luck');
    });
    const failed = expect(first).rejects.toThrow('no luck');
    await asking.promise;
    // The answer comes while the second waits for the third time.
    const wait = async (ms: number) => {
      await time.wait(ms);
      if (time.pauses.length < 3) return;
      answer.resolve();
      await failed;
    };
    await inTurn(app, { host: 'arxiv.org', gapMs: 3_000, wait }, async () => {
      times.second = clock();
    });
    expect(times).toEqual({ first: 0, answered: 9, second: 12 });
  });

  test('of many that come at once, one asks at a time', async () => {
    let asking = 0;
    let most = 0;
    const request = async () => {
      most = Math.max(most, ++asking);
      await app.db.turn.count();
      asking--;
    };
    const turns = Array.from({ length: 8 }, () =>
      inTurn(app, { host: 'arxiv.org', gapMs: 0, wait: async () => {} }, request),
    );
    await Promise.all(turns);
    expect(most).toBe(1);
  });

  test('the turn of a process that died comes free by itself, and a wrong clock blocks nobody', async () => {
    await app.db.turn.create({ data: { host: 'arxiv.org', freeAt: new Date('2026-05-07T09:00:50Z') } });
    await turn(async () => {});
    expect(clock()).toBe(50);
    await app.db.turn.update({ where: { host: 'arxiv.org' }, data: { freeAt: new Date('2031-01-01') } });
    await turn(async () => {});
    expect(clock()).toBe(50);
  });

  test('whoever gets no turn for five minutes says so', async () => {
    const waits: number[] = [];
    const neverFree = async (ms: number) => {
      waits.push(ms);
      await app.db.turn.updateMany({
        data: { freeAt: new Date(app.now().getTime() + waits.length * 3_000 + 30_000) },
      });
    };
    await app.db.turn.create({ data: { host: 'arxiv.org', freeAt: new Date('2026-05-07T09:00:30Z') } });
    await expect(
      inTurn(app, { host: 'arxiv.org', gapMs: 3_000, wait: neverFree }, async () => {}),
    ).rejects.toThrow('Others have been asking arxiv.org for five minutes.');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(300_000);
  });
});

test.each([
  ['2026-05-06', '2026-05-04T18:00:00Z', '2026-05-05T18:00:00Z'],
  ['2026-05-08', '2026-05-06T18:00:00Z', '2026-05-07T18:00:00Z'],
  ['2026-05-11', '2026-05-07T18:00:00Z', '2026-05-08T18:00:00Z'],
  ['2026-05-12', '2026-05-08T18:00:00Z', '2026-05-11T18:00:00Z'],
  // Across the change to summer time on 8 March.
  ['2026-03-10', '2026-03-06T19:00:00Z', '2026-03-09T18:00:00Z'],
])('what is announced on %s was submitted from %s to %s', (day, from, to) => {
  expect(announcementWindow(day)).toEqual({ from: new Date(from), to: new Date(to) });
});

test('nothing is announced at weekends', () => {
  expect(announcementWindow('2026-05-09')).toBeNull();
  expect(announcementWindow('2026-05-10')).toBeNull();
});

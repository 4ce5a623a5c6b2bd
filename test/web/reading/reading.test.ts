import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parse } from 'node-html-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publish } from '../../../src/editions/publish.ts';
import { pieces } from '../../../src/web/reading/marks.ts';
import { createWeb } from '../../../src/web/server.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { addIngest, addPapers } from '../../support/papers.ts';
import { visit } from '../../support/site.ts';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
/** What the sources' pictures answer, by address, and which were asked for. */
const pictures = new Map<string, () => Response>();
const asked: string[] = [];

const app = await testApp({
  env: { SOURCES: 'huggingface' },
  fetch: async (input) => {
    asked.push(String(input));
    return pictures.get(String(input))?.() ?? new Response('no', { status: 404 });
  },
});
const web = createWeb(app);
const thumbnail = (name: string) => `https://cdn-thumbnails.huggingface.co/${name}.png`;
await addPapers(app, [
  { id: '2605.00001', title: 'World models & <b>dreams</b>', votes: 9, thumbnail: thumbnail('good') },
  { id: '2605.00002', title: 'Optics', votes: 50, thumbnail: thumbnail('page') },
  {
    id: '2604.00003',
    title: 'Old world models',
    votes: 99,
    listedOn: '2026-05-05',
    thumbnail: 'https://169.254.169.254/x',
  },
  ...Array.from({ length: 25 }, (_, n) => ({
    id: `2605.1${String(n).padStart(4, '0')}`,
    title: `Diffusion ${n}`,
  })),
]);
for (const day of ['2026-05-05', '2026-05-06'] as const) await publish(app, { date: day });
await app.db.$executeRaw`ANALYZE papers`;

const page = (path: string) => visit(web, path);
const titles = ({ dom }: { dom: ReturnType<typeof parse> }) =>
  dom.querySelectorAll('.paper h2 a').map((title) => title.text);

describe('the edition', () => {
  test('can be narrowed to a topic, which is then what the sign-up offers', async () => {
    const narrowed = await page('/?topic=world+models');
    expect(titles(narrowed).sort()).toEqual(['Old world models', 'World models & <b>dreams</b>']);
    expect(
      narrowed.dom
        .querySelectorAll('h2 mark')
        .map(({ text }) => text.toLowerCase())
        .sort(),
    ).toEqual(['models', 'models', 'world', 'world']);
    expect(narrowed.dom.querySelector('textarea')?.text.trim()).toBe('world models');
  });

  test('says what is wrong with a topic, and that nothing is on one', async () => {
    const wrong = await page('/?topic=%22world');
    expect(wrong.dom.querySelector('#topic-problem')?.text).toContain('quotation mark');
    expect(titles(wrong).length).toBeGreaterThan(3);
    const nothing = await page('/?topic=zymurgy');
    expect(nothing.dom.querySelector('.papers .note')?.text).toContain(
      'Nothing in this edition is on “zymurgy”',
    );
  });

  test('of days without one tells where the others are', async () => {
    const { status, dom } = await page('/?date=2026-06-01');
    expect(status).toBe(404);
    expect(dom.querySelector('main')?.text).toContain('The latest is that of Wednesday');
  });
});

describe('the edition of a day', () => {
  let days: TestApp;
  const home = async (path: string) => parse(await (await createWeb(days).request(path)).text());
  const notes = (dom: ReturnType<typeof parse>) => dom.querySelectorAll('.note').map(({ text }) => text);

  beforeAll(async () => {
    days = await testApp({ env: { SOURCES: 'huggingface' } });
    const measured = (id: string, day: string, votes: number) => ({
      id,
      title: id,
      votes,
      measuredAt: `${day}T20:00:00Z`,
    });
    await addPapers(days, [
      measured('2605.00001', '2026-05-06', 50),
      measured('2605.00002', '2026-05-06', 20),
      measured('2605.00003', '2026-05-06', 10),
      { ...measured('2605.00004', '2026-05-07', 30), listedOn: '2026-05-07' },
      measured('2605.00003', '2026-05-07', 400),
      ...Array.from({ length: 60 }, (_, n) => ({
        id: `2605.1${String(n).padStart(4, '0')}`,
        title: `Paper ${n}`,
      })),
    ]);
    await addIngest(days, { date: '2026-05-08' });
    days.setNow('2026-05-09T09:00:00Z');
    for (const day of ['2026-05-06', '2026-05-07', '2026-05-08'] as const) await publish(days, { date: day });
  });
  afterAll(() => days.close());

  test('tells how each paper rose and fell since the edition before, and which are new', async () => {
    const dom = await home('/?date=2026-05-07');
    const moves = dom
      .querySelectorAll('.paper')
      .slice(0, 4)
      .map((paper) => [
        paper.querySelector('h2')?.text,
        paper.querySelector('.rank')?.text.replace(/\s+/g, ' '),
        paper.querySelector('.rank span')?.getAttribute('title'),
      ]);
    expect(moves).toEqual([
      ['2605.00003', '1 ▲2 up', 'Up 2 places since the edition before'],
      ['2605.00004', '2 new', 'Not in the edition before'],
      ['2605.00001', '3 ▼2 down', 'Down 2 places since the edition before'],
      ['2605.00002', '4 ▼2 down', 'Down 2 places since the edition before'],
    ]);
    expect((await home('/?date=2026-05-06')).querySelectorAll('.rank span')).toEqual([]);
  });

  test('shows its heat in percent of the hottest, in words too', async () => {
    const [first, second] = (await home('/?date=2026-05-07')).querySelectorAll('meter');
    expect(first?.getAttribute('value')).toBe('100');
    expect(Number(second?.getAttribute('value'))).toBeLessThan(100);
    expect(second?.getAttribute('title')).toMatch(/^Heat: .* % of the hottest paper’s$/);
  });

  test('goes on over several pages, each paper once', async () => {
    const pages = [await home('/'), await home('/?date=2026-05-08&page=2'), await home('/?page=99')];
    const [first, second, past] = pages.map((dom) =>
      dom.querySelectorAll('.paper h2').map(({ text }) => text),
    );
    expect([first?.length, second?.length]).toEqual([50, 14]);
    expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(64);
    expect(past).toEqual(second);
    expect(pages[0]?.querySelectorAll('.pages a').map((link) => link.getAttribute('href'))).toEqual([
      '/?date=2026-05-08&page=2',
    ]);
  });

  test('says so when nothing new was listed on its day', async () => {
    expect(notes(await home('/'))).toEqual([expect.stringContaining('Nothing new was listed on this day')]);
    expect(notes(await home('/?date=2026-05-07'))).toEqual([]);
  });

  test('says so when a later one is due, and when no source could be read for it', async () => {
    days.setNow('2026-05-10T02:30:00Z');
    expect(notes(await home('/'))).toHaveLength(1);
    days.setNow('2026-05-10T04:00:00Z');
    expect(notes(await home('/'))[0]).toBe(
      'The edition of Saturday, 9 May 2026 is not made yet. This is the latest.',
    );
    await addIngest(days, { date: '2026-05-09', outcome: 'failed', error: 'HF_TOKEN is wrong' });
    const [late] = notes(await home('/'));
    expect(late).toContain('has to wait: its sources cannot be read');
    expect(late).not.toContain('HF_TOKEN');
    expect(notes(await home('/?date=2026-05-07'))).toEqual([]);
    await addIngest(days, { date: '2026-05-09', startedAt: '2026-05-10T03:00:00Z' });
    expect(notes(await home('/'))[0]).toContain('is not made yet');
  });
});

describe('weeks and months', () => {
  test('have each paper once, the hottest first', async () => {
    for (const path of ['/week/2026-W19', '/month/2026-05']) {
      const shown = titles(await page(path));
      expect(shown).toHaveLength(28);
      expect(new Set(shown).size).toBe(28);
    }
  });

  test.each(['/week/2026-W54', '/week/2026-W00', '/week/x', '/month/2026-13', '/month/2025-05'])(
    '%s is not there, and the page says what is',
    async (path) => {
      expect((await page(path)).status).toBe(404);
    },
  );
});

describe('search', () => {
  test('finds papers of all days, marks the words, and leads to getting them every day', async () => {
    const found = await page('/search?q=world+models');
    expect(titles(found)).toEqual(['Old world models', 'World models & <b>dreams</b>']);
    expect(found.body).not.toContain('<b>dreams');
    expect(found.dom.querySelectorAll('h2 mark').map(({ text }) => text)).toEqual([
      'world',
      'models',
      'World',
      'models',
    ]);
    expect(found.dom.querySelector('.found a')?.getAttribute('href')).toBe('/?topic=world%20models#sign-up');
  });

  test('goes page by page, and past the last leads back', async () => {
    const first = await page('/search?q=diffusion');
    const second = await page('/search?q=diffusion&page=2');
    expect(titles(first)).toHaveLength(20);
    expect(titles(second)).toHaveLength(5);
    expect(first.dom.querySelector('.pages a')?.getAttribute('href')).toBe('/search?q=diffusion&page=2');
    expect((await page('/search?q=diffusion&page=9')).dom.querySelector('.note')?.text).toContain(
      'nothing on this page',
    );
    expect((await page('/search?q=diffusion&page=-1')).status).toBe(200);
  });

  test.each([
    '2605.00002',
    'arXiv:2605.00002v3',
    ' https://arxiv.org/abs/2605.00002 ',
    'https://huggingface.co/papers/2605.00002',
  ])('of %s shows that paper', async (q) => {
    expect(titles(await page(`/search?q=${encodeURIComponent(q)}`))).toEqual(['Optics']);
  });

  test('of a number that no paper has is a search like any other', async () => {
    expect((await page('/search?q=2605.99999')).status).toBe(400);
  });

  test('explains a search that cannot be one', async () => {
    const { status, dom } = await page('/search?q=%22open');
    expect([status, dom.querySelector('#q-problem')?.text]).toEqual([
      400,
      'A quotation mark (") is missing its partner.',
    ]);
    expect((await page('/search')).status).toBe(200);
  });

  test('marks words as wholes, and those side by side with whatever joins them', () => {
    const hits = (text: string, words: string[]) =>
      pieces(text, words).flatMap(({ piece, hit }) => (hit ? [piece] : []));
    expect(hits('Vision-language models, visions, C++ (c++)', ['vision language', 'model', 'c++'])).toEqual([
      'Vision-language',
      'C++',
      'c++',
    ]);
    expect(hits('a.b aXb <mark>', ['a.b', '<mark>'])).toEqual(['a.b', '<mark>']);
  });

  test('marking leaves the text as it is, whatever is marked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ maxLength: 5 })), (text, words) => {
        expect(
          pieces(text, words)
            .map(({ piece }) => piece)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});

test('whatever is asked for, a page answers, and nothing asked becomes markup', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('"><script>x</script>', '\0', "'; --", 'cat:', '9'.repeat(400), '%', '-', '2026-05-06'),
  );
  const fields = fc.record(
    { q: text, topic: text, date: text, page: text, year: text },
    { requiredKeys: [] },
  );
  const path = fc.oneof(
    fc.constantFrom('/', '/search', '/archive'),
    fc
      .tuple(fc.constantFrom('/week/', '/month/', '/thumbnail/'), text)
      .map(([at, name]) => at + encodeURIComponent(name.toWellFormed())),
  );
  await fc.assert(
    fc.asyncProperty(path, fields, async (at, query) => {
      const { status, dom } = await page(`${at}?${new URLSearchParams(query)}`);
      expect(status).toBeLessThan(500);
      expect(dom.querySelectorAll('script:not([src])')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('the front page and the stylesheet stay light', async () => {
  const full = await testApp({ env: { SOURCES: 'huggingface' } });
  // Words that hardly compress, as long as real ones get.
  const words = (seed: number, many: number) =>
    Array.from({ length: many }, (_, n) => ((seed * 7919 + n * 104_729) % 1_000_003).toString(36)).join(' ');
  await addPapers(
    full,
    Array.from({ length: 60 }, (_, n) => ({
      id: `2605.2${String(n).padStart(4, '0')}`,
      title: words(n, 20),
      abstract: words(n + 100, 250),
      authors: [words(n, 2), words(n + 1, 2), words(n + 2, 2), words(n + 3, 2)],
      repository: `https://github.com/${n}/code`,
      projectPage: `https://example.org/${n}`,
    })),
  );
  await publish(full, { date: '2026-05-06' });
  const site = createWeb(full);
  const home = await (await site.request('/')).text();
  expect(parse(home).querySelectorAll('.paper')).toHaveLength(50);
  expect(gzipSync(home).length).toBeLessThan(60_000);
  const style = parse(home).querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? '';
  const css = await (await site.request(style)).text();
  expect(css).toContain('.paper');
  expect(Buffer.byteLength(css)).toBeLessThan(15_000);
  for (const script of parse(home).querySelectorAll('script'))
    expect(script.hasAttribute('defer')).toBe(true);
});

test('the archive shows the days that have an edition', async () => {
  const { dom } = await page('/archive');
  expect(dom.querySelectorAll('td a').map((day) => day.getAttribute('href'))).toEqual([
    '/?date=2026-05-05',
    '/?date=2026-05-06',
  ]);
  expect((await page('/archive?year=26')).status).toBe(400);
});

describe('pictures', () => {
  const url = 'https://cdn-thumbnails.huggingface.co/good.png';

  test('come through us, once fetched kept, so that no reader is seen elsewhere', async () => {
    pictures.set(url, () => new Response(PNG, { headers: { 'content-type': 'image/png' } }));
    const before = asked.length;
    for (let n = 0; n < 3; n++) {
      const answer = await web.request('/thumbnail/2605.00001');
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(PNG);
    }
    expect(asked.slice(before)).toEqual([url]);
    for (const path of ['/', '/search?q=optics', '/month/2026-05'])
      for (const image of (await page(path)).dom.querySelectorAll('img'))
        expect(image.getAttribute('src')).toMatch(/^\/thumbnail\/[\w.]+$/);
    expect((await page('/')).headers.get('content-security-policy')).toContain("img-src 'self'");
  });

  test('are asked for where the source has them, never wherever it may send us', async () => {
    const asked: (RequestInit | undefined)[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      asked.push(init);
      throw new TypeError('unexpected redirect');
    };
    const answer = await createWeb({ ...app, fetch }).request('/thumbnail/2605.00001');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(asked[0]).toMatchObject({ redirect: 'error', signal: expect.any(AbortSignal) });
  });

  test('that have no end are given up, and so are those beyond what is fetched at once', async () => {
    let read = 0;
    const waiting: ((answer: Response) => void)[] = [];
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          read += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      });
    const fetch: typeof globalThis.fetch = () => new Promise((resolve) => waiting.push(resolve));
    const busy = createWeb({ ...app, fetch });
    const ids = Array.from({ length: 33 }, (_, n) => `2607.${String(n).padStart(5, '0')}`);
    await addPapers(
      app,
      ids.map((id) => ({
        id,
        title: id,
        listedOn: '2026-07-01',
        thumbnail: `https://cdn-thumbnails.huggingface.co/${id}.png`,
      })),
    );
    const answers = ids.map((id) => busy.request(`/thumbnail/${id}`));
    const last = await answers.at(-1);
    expect(last?.headers.get('cache-control')).toBe('public, max-age=10');
    expect(last?.headers.get('content-type')).toBe('image/svg+xml');
    await expect.poll(() => waiting.length).toBe(32);
    for (const answer of waiting)
      answer(new Response(endless(), { headers: { 'content-type': 'image/png' } }));
    for (const answer of await Promise.all(answers))
      expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(read).toBeLessThan(33 * 2_000_000);
  });

  test('that are none, too large or elsewhere are a drawing of ours instead', async () => {
    pictures.set(
      'https://cdn-thumbnails.huggingface.co/page.png',
      () => new Response('<script>', { headers: { 'content-type': 'text/html' } }),
    );
    for (const id of ['2605.00002', '2604.00003', '2605.10001', '9999.99999', 'x']) {
      const answer = await web.request(`/thumbnail/${id}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    }
    expect(asked.some((address) => address.includes('169.254'))).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publish } from '../../../src/editions/publish.ts';
import { editionAnswer, editionsAnswer, OPERATIONS, papersAnswer } from '../../../src/web/api/operations.ts';
import { problemSchema } from '../../../src/web/problem.ts';
import { createWeb } from '../../../src/web/server.ts';
import { testApp } from '../../support/app.ts';
import { addPapers } from '../../support/papers.ts';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
const web = createWeb(app);
await addPapers(app, [
  {
    id: '2605.00001',
    title: 'Optics of lenses',
    votes: 9,
    listedOn: '2026-05-05',
    thumbnail: 'https://cdn.example/x.png',
  },
  { id: '2605.00002', title: 'Optics of mirrors', votes: 3, listedOn: '2026-05-06' },
  { id: 'math/0309136', title: 'Knots', votes: 1, listedOn: '2026-05-06' },
]);
for (const date of ['2026-05-05', '2026-05-06']) await publish(app, { date });

async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  const response = await web.request(path);
  expect([path, response.status, response.headers.get('content-type')]).toEqual([
    path,
    200,
    'application/json',
  ]);
  return schema.parse(await response.json());
}

describe('what cannot be read is refused with every problem, as problem details', () => {
  test.each([
    ['/api/papers?q=%22open', ['q']],
    ['/api/papers?q=the+of', ['q']],
    ['/api/papers?date=2026-02-30', ['date']],
    ['/api/papers?limit=0', ['limit']],
    ['/api/papers?limit=101&page=51&date=x', ['date', 'limit', 'page']],
    ['/api/papers?limit=1e1', ['limit']],
    ['/api/editions?limit=1000', ['limit']],
    ['/api/editions/yesterday', ['date']],
  ])('%s', async (path, fields) => {
    const response = await web.request(path);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const { problems } = problemSchema.parse(await response.json());
    expect(problems?.map(({ field }) => field).sort()).toEqual(fields);
  });

  test.each(['/api/nothing', '/api/editions/1999-01-01', '/api/papers/2605.00001'])(
    '%s is not there',
    async (path) => {
      const response = await web.request(path);
      expect(response.status).toBe(404);
      expect(problemSchema.parse(await response.json())).toMatchObject({ title: 'Not Found', status: 404 });
    },
  );

  test('a program that asks for JSON gets it anywhere, a browser never', async () => {
    const json = await web.request('/nothing', { headers: { Accept: 'application/json, text/plain, */*' } });
    expect(json.headers.get('content-type')).toBe('application/problem+json');
    const Accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    expect((await web.request('/nothing', { headers: { Accept } })).headers.get('content-type')).toContain(
      'text/html',
    );
  });
});

describe('papers', () => {
  test('are found by the language of topics', async () => {
    const { papers, total, next } = await get('/api/papers?q=optics+-mirrors', papersAnswer);
    expect([total, next]).toEqual([1, null]);
    expect(papers).toMatchObject([
      {
        id: '2605.00001',
        votes: 9,
        listedOn: '2026-05-05',
        relevance: 1,
        thumbnail: 'https://paperboy.test/thumbnail/2605.00001',
      },
    ]);
  });

  test('come newest first without a query, page by page', async () => {
    const seen: string[] = [];
    let path: string | null = '/api/papers?limit=2';
    while (path !== null) {
      const { papers, total, next }: z.output<typeof papersAnswer> = await get(path, papersAnswer);
      expect(total).toBe(3);
      seen.push(...papers.map(({ id }) => id));
      path = next && new URL(next).pathname + new URL(next).search;
    }
    expect(seen).toEqual(['math/0309136', '2605.00002', '2605.00001']);
  });

  test('are those of a day, when one is named, with a query or without', async () => {
    const ids = async (query: string) =>
      (await get(`/api/papers?date=2026-05-06${query}`, papersAnswer)).papers.map(({ id }) => id);
    expect(await ids('')).toEqual(['math/0309136', '2605.00002']);
    expect(await ids('&q=optics')).toEqual(['2605.00002']);
  });
});

describe('editions', () => {
  test('are listed, the latest first, and each is read by its day', async () => {
    const first = await get('/api/editions?limit=1', editionsAnswer);
    expect(first.editions.map(({ date }) => date)).toEqual(['2026-05-06']);
    const { pathname, search } = new URL(first.next ?? '');
    const second = await get(pathname + search, editionsAnswer);
    expect(second.editions.map(({ date, papers }) => [date, papers])).toEqual([['2026-05-05', 1]]);
    expect(second.next).toBeNull();
    const one = await get(new URL(second.editions[0]?.url ?? '').pathname, editionAnswer);
    expect(one.papers).toMatchObject([{ id: '2605.00001', rank: 1, votes: 9 }]);
    expect(await get('/api/editions/latest', editionAnswer)).toEqual(
      await get('/api/editions/2026-05-06', editionAnswer),
    );
  });
});

test('a sign-up is taken as from the site', async () => {
  const response = await web.request('/api/subscriptions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.org', topics: ['optics'], sendHour: 7 }),
  });
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({ message: expect.stringContaining('a mail is on its way') });
  expect(await app.db.subscriber.findFirst()).toMatchObject({
    email: 'ada@example.org',
    sendHour: 7,
    status: 'pending',
  });
});

test('what anybody may read may be read from any page, a sign-up may not', async () => {
  expect((await web.request('/api/editions')).headers.get('access-control-allow-origin')).toBe('*');
  const asked = await web.request('/api/subscriptions', {
    method: 'OPTIONS',
    headers: { Origin: 'https://evil.example', 'Access-Control-Request-Headers': 'content-type' },
  });
  expect(asked.headers.has('access-control-allow-headers')).toBe(false);
  expect((await web.request('/')).headers.has('access-control-allow-origin')).toBe(false);
});

describe('the description', () => {
  const documentSchema = z.object({
    openapi: z.literal('3.1.1'),
    paths: z.record(
      z.string(),
      z.record(z.string(), z.looseObject({ parameters: z.array(z.looseObject({ name: z.string() })) })),
    ),
  });

  test('names every operation and every parameter that it takes', async () => {
    const { paths } = await get('/openapi.json', documentSchema);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort());
    expect(paths['/api/papers']?.get?.parameters.map(({ name }) => name)).toEqual([
      'q',
      'date',
      'limit',
      'page',
    ]);
    expect(JSON.stringify(paths)).not.toContain('"$schema"');
  });

  test('has a page for people, of which every example works', async () => {
    const page = await (await web.request('/api')).text();
    for (const { path, method, example } of OPERATIONS) {
      expect(page).toContain(`${method.toUpperCase()} ${path}`);
      const [, address = ''] = /SITE([^\s']*)/.exec(example) ?? [];
      const body = /-d '(.*)'/.exec(example)?.[1];
      const response = await web.request(
        address,
        body ? { method: 'POST', body, headers: { 'Content-Type': 'application/json' } } : {},
      );
      expect([example, response.ok]).toEqual([example, true]);
    }
  });
});

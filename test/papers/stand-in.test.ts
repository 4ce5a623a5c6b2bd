import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStandIn } from '../../demo/stand-in.ts';

let folder: string;
let standIn: Awaited<ReturnType<typeof startStandIn>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-stand-in-'));
  writeFileSync(
    join(folder, '2026-05-06.json'),
    JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id }))),
  );
  writeFileSync(join(folder, '2026-05-05.json'), '[{"id":');
  standIn = await startStandIn({ folder, today: () => '2026-05-07' });
});
afterAll(async () => {
  await standIn.close();
  rmSync(folder, { recursive: true });
});

async function get(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(standIn.url + path, init);
  return { status: response.status, body: await response.json() };
}

test('a day is served in pages of 50 at most', async () => {
  const page = async (query: string) => (await get(`/api/daily_papers?date=2026-05-06${query}`)).body;
  expect(await page('')).toHaveLength(50);
  expect(await page('&limit=100')).toHaveLength(50);
  expect(await page('&limit=50&p=1')).toEqual(Array.from({ length: 10 }, (_, index) => ({ id: 50 + index })));
  expect(await page('&limit=50&p=2')).toEqual([]);
  expect(await page('&limit=7&p=1')).toHaveLength(7);
});

test('a day without a file is empty, and so is today without a date', async () => {
  expect(await get('/api/daily_papers?date=2026-05-02')).toEqual({ status: 200, body: [] });
  expect(await get('/api/daily_papers')).toEqual({ status: 200, body: [] });
});

test.each([
  'date=2026-05-08',
  'date=2026-02-30',
  'date=../../etc/passwd',
  'p=-1',
  'p=x',
  'limit=0',
  'limit=',
])('the question %s is refused', async (query) => {
  const { status, body } = await get(`/api/daily_papers?${query}`);
  expect(status).toBe(400);
  expect(body).toHaveProperty('error');
});

test('any other address or method is not found, and a broken file is an error of the server', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/api/models')).status).toBe(404);
  expect((await get('/api/daily_papers', { method: 'POST' })).status).toBe(404);
  expect((await get('/api/daily_papers?date=2026-05-05')).status).toBe(500);
});

test('a port that is taken is an error', async () => {
  const port = Number(new URL(standIn.url).port);
  await expect(startStandIn({ folder, port, today: () => '2026-05-07' })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

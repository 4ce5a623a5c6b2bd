import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Day, parseDay } from '../src/lib/day.ts';

const PAGE = 50;

/**
 * Stands in for Hugging Face: serves a folder of `YYYY-MM-DD.json` files, each an array in the API's shape, as
 * `GET /api/daily_papers?date=&limit=&p=`. A day without a file is empty, a future day answers 400, as there.
 *
 * @param options.port 0: any that is free
 * @param options.today the last day that is not in the future
 */
export async function startStandIn({
  folder,
  port = 0,
  today,
}: {
  folder: string;
  port?: number;
  today: () => Day;
}): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', 'http://stand-in');
    if (request.method !== 'GET' || url?.pathname !== '/api/daily_papers')
      return send(response, 404, { error: 'Not found' });
    answer(url.searchParams, { folder, today: today() }).then(
      ({ status, body }) => send(response, status, body),
      (error) => send(response, 500, { error: String(error) }),
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type Reply = { status: number; body: unknown };

async function answer(
  query: URLSearchParams,
  { folder, today }: { folder: string; today: Day },
): Promise<Reply> {
  const date = parseDay(query.get('date') ?? today);
  const limit = whole(query.get('limit') ?? `${PAGE}`);
  const page = whole(query.get('p') ?? '0');
  if (date === null || page === null || !limit)
    return { status: 400, body: { error: 'date, limit or p is invalid' } };
  if (date > today) return { status: 400, body: { error: `date must not be after ${today}` } };
  const size = Math.min(limit, PAGE);
  const papers = await papersOf(join(folder, `${date}.json`));
  return { status: 200, body: papers.slice(page * size, (page + 1) * size) };
}

const whole = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : null);

async function papersOf(file: string): Promise<unknown[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

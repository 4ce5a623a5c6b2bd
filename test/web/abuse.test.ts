import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';

/** Megabytes that this process, server and visitor in one, may grow by; a single case sends 500 MB. */
const ROOM = 200;

const app = await testApp({ env: { PORT: '0' } });
const server = await listen(app, { patienceMs: 600 });
const agent = new Agent({ keepAlive: true, maxSockets: 40 });
await visit('/', { from: '203.0.113.1' });
const before = process.memoryUsage.rss();
afterAll(async () => {
  agent.destroy();
  await server.close();
});

type Visit = { from: string; method?: string; headers?: Record<string, string>; body?: string };

/** One request, as a proxy on this machine passes it on. */
async function visit(
  path: string,
  { from, method = 'GET', headers = {}, body = '' }: Visit,
): Promise<number> {
  const sent = request({
    port: server.port,
    path,
    method,
    agent,
    headers: { ...headers, 'X-Forwarded-For': from },
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

const signUp = (from: string) =>
  visit('/subscribe', {
    from,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'email=victim@example.org&topics=optics',
  });

async function counted(visits: Promise<number>[]): Promise<Record<number, number>> {
  const statuses = await Promise.all(visits);
  return Object.fromEntries(
    [...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]),
  );
}
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const grown = () => (process.memoryUsage.rss() - before) / 2 ** 20;

describe('a visitor who means ill', () => {
  test('with 1,000 sign-ups for one address, from one place and from a hundred others, has one confirmation sent', async () => {
    const answers = await counted(times(1000, (n) => signUp(n < 900 ? '203.0.113.6' : `10.8.${n % 100}.1`)));
    expect(answers).toEqual({ 202: 5, 429: 995 });
    expect(await app.db.letter.count()).toBe(1);
    expect(grown()).toBeLessThan(ROOM);
  });

  test('with 10,000 requests is told to wait, and takes nothing from the others', async () => {
    const flood = counted(times(10_000, () => visit('/nothing', { from: '203.0.113.7' })));
    expect(await visit('/', { from: '203.0.113.8' })).toBe(200);
    expect(await flood).toEqual({ 404: 1200, 429: 8800 });
    expect(grown()).toBeLessThan(ROOM);
  });

  test('with bodies that never end is cut off', async () => {
    const stuck = times(100, async (n) => {
      const socket = connect(server.port, '127.0.0.1');
      const heads = [
        'Host: x',
        `X-Forwarded-For: 10.9.${n}.1`,
        'Content-Type: application/json',
        'Content-Length: 99',
      ];
      socket.write(`POST /subscribe HTTP/1.1\r\n${heads.join('\r\n')}\r\n\r\n{`);
      const [answer] = await once(socket, 'data');
      await once(socket.resume(), 'close');
      return Number(String(answer).split(' ')[1]);
    });
    expect(await counted(stuck)).toEqual({ 408: 100 });
  });

  test.each([
    ['told', { 'Content-Length': String(100 * 2 ** 20) }],
    ['not told', { 'Transfer-Encoding': 'chunked' }],
  ])('with bodies of 100 MB, their length %s, is refused before they are read', async (_, headers) => {
    let read = 0;
    const chunk = Buffer.alloc(2 ** 16, 'x');
    function* body() {
      for (let n = 0; n < 1600; n++) {
        read += chunk.length;
        yield chunk;
      }
    }
    const large = times(5, async (n) => {
      const sent = request({
        port: server.port,
        path: '/subscribe',
        method: 'POST',
        agent: false,
        headers: { ...(headers as Record<string, string>), 'X-Forwarded-For': `10.10.${n}.1` },
      });
      const answered = once(sent, 'response');
      // Broken off by the server, which reads no further.
      pipeline(body(), sent).catch(() => {});
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    });
    expect(await counted(large)).toEqual({ 413: 5 });
    expect(read).toBeLessThan(5 * 10 * 2 ** 20);
    expect(grown()).toBeLessThan(ROOM);
  });

  test('with headers that are too large is refused', async () => {
    expect(await visit('/', { from: '203.0.113.9', headers: { Cookie: 'x'.repeat(17_000) } })).toBe(431);
  });
});

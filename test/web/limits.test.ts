import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';

let web: ReturnType<typeof createWeb>;
const app = await testApp();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.db.limit.deleteMany();
});

/** As it arrives through the socket of somebody at that address. */
const from = (address: string, path: string, init: RequestInit = {}) =>
  web.request(path, init, { incoming: { socket: { remoteAddress: address } } });
const signUp = (address: string, email: string) =>
  from(address, '/subscribe', { method: 'POST', body: new URLSearchParams({ email, topics: 'optics' }) });
const times = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a client', () => {
  beforeAll(() => {
    web = createWeb(app);
  });

  test('reads as fast as a person can and is told to wait after, the others are not', async () => {
    const statuses = await Promise.all(times(121).map(async () => (await from('192.0.2.1', '/api')).status));
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const refused = await from('192.0.2.1', '/preview?topics=optics');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(await refused.text()).toContain('Please try again in a minute');
    expect((await from('192.0.2.1', '/')).status).toBe(200);
    expect((await from('192.0.2.2', '/api')).status).not.toBe(429);
    vi.setSystemTime(Date.now() + 61_000);
    expect((await from('192.0.2.1', '/api')).status).not.toBe(429);
    expect(await app.db.limit.count()).toBe(0);
  });

  test('leaves by one click however many have left from there before', async () => {
    for (const _ of times(1201)) await from('192.0.2.3', '/nothing');
    expect((await from('192.0.2.3', '/nothing')).status).toBe(429);
    for (const path of ['/unsubscribe/x', '/webhooks/x'])
      expect((await from('192.0.2.3', path, { method: 'POST' })).status).toBe(404);
    expect((await from('192.0.2.3', '/healthz')).status).toBe(200);
  });

  test('of IPv6 does not become another within its network', async () => {
    const statuses = await Promise.all(
      times(121).map(async (n) => (await from(`2001:db8::${n.toString(16)}`, '/api')).status),
    );
    expect(statuses).toContain(429);
  });

  test('signs 30 addresses up in an hour, by whatever process it is served', async () => {
    const other = createWeb(app);
    for (const n of times(30)) expect((await signUp('192.0.2.4', `reader${n}@example.org`)).status).toBe(202);
    web = other;
    const refused = await signUp('192.0.2.4', 'one.more@example.org');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await app.db.subscriber.count()).toBe(30);
    expect((await signUp('192.0.2.5', 'one.more@example.org')).status).toBe(202);
    const rows = JSON.stringify(await app.db.limit.findMany());
    expect(rows).not.toMatch(/192\.0\.2|example/);
    vi.setSystemTime(Date.now() + 3_601_000);
    expect((await signUp('192.0.2.4', 'another@example.org')).status).toBe(202);
  });
});

test('a proxy that is not trusted is told of once, for all behind it count as one', async () => {
  const warnings: string[] = [];
  const log = {
    ...app.log,
    warn: (_: unknown, message: string) => warnings.push(message),
  } as unknown as typeof app.log;
  const told = createWeb({ ...app, log });
  for (const remoteAddress of ['127.0.0.1', '192.0.2.9', '192.0.2.9'])
    await told.request(
      '/',
      { headers: { 'X-Forwarded-For': '198.51.100.1' } },
      { incoming: { socket: { remoteAddress } } },
    );
  expect(warnings).toEqual([expect.stringContaining('TRUST_PROXY')]);
});

test('an address is signed up five times in an hour at most, by how many clients ever', async () => {
  const answers = await Promise.all(times(8).map((n) => signUp(`198.51.100.${n}`, 'Ada@example.org')));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
  expect(await app.db.letter.count({ where: { subscriber: { emailKey: 'ada@example.org' } } })).toBe(1);
});

test('a robot that fills the field that nobody sees is answered like everybody, and nothing is stored', async () => {
  const fields = { email: 'robot@example.org', topics: 'optics' };
  const post = (more: object) =>
    web.request('/subscribe', { method: 'POST', body: new URLSearchParams({ ...fields, ...more }) });
  const trapped = await post({ website: 'https://pills.example' });
  expect(trapped.status).toBe(202);
  expect(await app.db.subscriber.count({ where: { emailKey: fields.email } })).toBe(0);
  const taken = await post({ website: '' });
  expect(await taken.text()).toBe(await trapped.text());
  expect(await app.db.subscriber.count({ where: { emailKey: fields.email } })).toBe(1);
});

import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Purpose, signLink } from '../../src/subscribers/links.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
const web = createWeb(app);
await addEdition(app, [{ id: '2605.00001', title: 'Optics', votes: 3 }]);

const PUBLIC = ['/', '/?date=2026-05-06', '/preview?topics=optics'];

test.each(PUBLIC)('%s may be kept by a proxy, and asking again costs no body', async (path) => {
  const first = await web.request(path);
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toMatch(/^public, max-age=\d+, stale-while-revalidate/);
  const ETag = first.headers.get('etag') ?? '';
  expect(ETag).toMatch(/^"/);
  const again = await web.request(path, { headers: { 'If-None-Match': ETag } });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', ETag]);
  expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
  const head = await web.request(path, { method: 'HEAD' });
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', ETag]);
});

test('a public page is compressed for whom can read it, and kept apart for whom cannot', async () => {
  const plain = await web.request('/');
  const packed = await web.request('/', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('vary')).toBe('Accept-Encoding');
  expect(plain.headers.get('vary')).toBe('Accept-Encoding');
  expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(await plain.text());
  const again = await web.request('/', {
    headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});

test('so is a stylesheet, which its own route says may be kept', async () => {
  const packed = await web.request('/style.css', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('cache-control')).toBe('public, max-age=600');
});

test('a page with a token, a refusal and what a form brings are kept by nobody', async () => {
  const id = app.uuid();
  const tokens = (['confirm', 'preferences', 'unsubscribe', 'digest'] as Purpose[]).map(
    (purpose) => `/${purpose}/${signLink(app.secrets, purpose, id)}`,
  );
  for (const path of [...tokens, '/nothing', '/?date=x', '/?date=1999-01-01', '/healthz', '/metrics'])
    expect([path, (await web.request(path)).headers.get('cache-control')]).toEqual([path, 'no-store']);
  for (const path of tokens) {
    const { headers } = await web.request(path, { headers: { 'Accept-Encoding': 'gzip' } });
    expect([path, headers.get('content-encoding')]).toEqual([path, null]);
  }
  expect((await web.request('/subscribe', { method: 'POST' })).headers.get('cache-control')).toBe('no-store');
});

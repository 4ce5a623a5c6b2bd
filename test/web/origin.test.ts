import { expect, test } from 'vitest';
import { signLink } from '../../src/subscribers/links.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();

const post = async (path: string, headers: Record<string, string>) => {
  const body = new URLSearchParams({ email: 'ada@example.org', topics: 'optics' });
  return (await createWeb(app).request(path, { method: 'POST', body, headers })).status;
};

test.each([
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://paperboy.test' }],
  ['another site, by an old browser', { Origin: 'https://evil.example' }],
  ['a site that looks like ours', { Origin: 'https://paperboy.test.evil.example' }],
])('a form that %s has a browser send signs nobody up', async (_, headers) => {
  expect(await post('/subscribe', headers as Record<string, string>)).toBe(403);
  expect(await app.db.subscriber.count()).toBe(0);
});

test.each([
  ['of ours', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
  ['of ours, by an old browser', { Origin: 'https://paperboy.test' }],
  ['of ours, by an old browser that hides where it is', { Origin: 'null' }],
  ['that a program sends', {}],
])('a form %s is taken', async (_, headers) => {
  expect(await post('/subscribe', headers as Record<string, string>)).toBe(202);
});

test('one-click unsubscribing works from the pages of a webmail too', async () => {
  const token = signLink(app.secrets, 'unsubscribe', app.uuid());
  const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://mail.example' };
  expect(await post(`/unsubscribe/${token}`, headers)).toBe(200);
});

import { expect, test } from 'vitest';
import { zoneName } from '../../../src/subscribers/zone.ts';
import { createWeb } from '../../../src/web/server.ts';
import { testApp } from '../../support/app.ts';
import { visit } from '../../support/site.ts';

const app = await testApp();

test.each(['GET', 'HEAD'])('%s /subscribe leads to the form and signs nobody up', async (method) => {
  const response = await createWeb(app).request('/subscribe?email=ada@example.org&topics=agents', { method });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/#sign-up');
  expect(await app.db.subscriber.count()).toBe(0);
});

test('a time zone is found by the name of today, and every one that is offered can be chosen', async () => {
  const { dom } = await visit(createWeb(app), '/');
  const offered = dom
    .querySelectorAll('#timeZone option')
    .map((option) => ({ name: option.text, value: option.getAttribute('value') ?? '' }));
  expect(offered.length).toBeGreaterThan(300);
  expect(offered.map(({ name }) => name)).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv']));
  expect(offered.filter(({ value }) => zoneName(value) === null)).toEqual([]);
});

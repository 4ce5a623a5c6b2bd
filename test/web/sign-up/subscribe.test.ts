import { expect, test } from 'vitest';
import { createWeb } from '../../../src/web/server.ts';
import { testApp } from '../../support/app.ts';

const app = await testApp();

test.each(['GET', 'HEAD'])('%s /subscribe leads to the form and signs nobody up', async (method) => {
  const response = await createWeb(app).request('/subscribe?email=ada@example.org&topics=agents', { method });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/#sign-up');
  expect(await app.db.subscriber.count()).toBe(0);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startWorkers } from '../../jobs/schedule.ts';
import { day } from '../../src/daily.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { openMailbox } from '../support/mailbox.ts';
import { addPapers } from '../support/papers.ts';
import { signUp } from '../support/readers.ts';

type Span = {
  name: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: object }[];
};
type Taken = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };

/** A collector that keeps the spans that come to /v1/traces. */
async function openCollector() {
  const spans: Span[] = [];
  const passwords = new Set<string | undefined>();
  const server = createServer((request, response) => {
    passwords.add(request.headers.authorization);
    json(request).then((body) => {
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      for (const { scopeSpans } of (body as Taken).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { spans, passwords, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a collector is told of every step, job, window of mails and request, and of no address or token', async () => {
  const [collector, mailbox] = [await openCollector(), await openMailbox()];
  onTestFinished(mailbox.close);
  const app = await testApp({
    env: {
      SMTP_URL: mailbox.url,
      SOURCES: 'huggingface',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of%20spans',
    },
    fetch: async () => Response.json([]),
  });
  await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
  await signUp(app, { email: 'quentin@example.org', topics: 'speculative decoding' });
  await app.db.$executeRaw`UPDATE subscribers SET status = 'active', confirmed_at = created_at`;
  await day(app, '2026-05-06', { now: true });
  expect(mailbox.mails.map(({ to }) => to)).toContain('quentin@example.org');
  expect((await createWeb(app).request('/confirm/a-token-of-somebody')).status).toBeGreaterThan(199);
  await startWorkers(app);
  await app.queue.send('settle', {}, { key: 'settle' });
  await vi.waitFor(async () => expect(await app.queue.waits('settle')).toBe(false), { timeout: 20_000 });
  await app.close();

  const names = collector.spans.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['ingest', 'publish', 'compose', 'deliver', 'letters', 'smtp window']),
  );
  expect(names).toEqual(expect.arrayContaining(['process settle', 'GET /confirm/:token']));
  const windows = collector.spans.filter(({ name }) => name === 'smtp window');
  const deliver = collector.spans.find(({ name }) => name === 'deliver');
  expect(windows.map(({ parentSpanId }) => parentSpanId)).toContain(deliver?.spanId);
  expect([...collector.passwords]).toEqual(['Bearer of spans']);
  expect(JSON.stringify(collector.spans)).not.toMatch(/@example|quentin|a-token-of-somebody/);
});

test('a collector that is away holds nothing up', async () => {
  const app = await testApp({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
  expect((await createWeb(app).request('/healthz')).status).toBe(200);
  await app.close();
});

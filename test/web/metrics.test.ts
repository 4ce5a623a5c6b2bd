import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { App } from '../../src/app.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addIngest } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const monitoring = (name: string) =>
  readFileSync(new URL(`../../docs/monitoring/${name}`, import.meta.url), 'utf8');

const TOKEN = 'a-token-for-prometheus';
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
/** What Prometheus reads, with the settings of the example in docs/operations.md. */
const scrape = async (app: App) => (await createWeb(app).request('/metrics', bearer(TOKEN))).text();

/** Names of the series that a PromQL expression reads. */
const seriesIn = (expression: string) => expression.match(/\b(?:paperboy|process)_\w+/g) ?? [];

test('every series that the dashboard and the alert rules read is in /metrics, and they read all of ours', async () => {
  const text = await scrape(await testApp({ env: { METRICS_TOKEN: TOKEN } }));
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [`${name}`],
    ),
  );
  const dashboard: { panels: { targets: { expr: string }[] }[] } = JSON.parse(monitoring('grafana.json'));
  const rules: { groups: { rules: { expr: string }[] }[] } = parse(monitoring('alerts.yml'));
  const expressions = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
  ];
  const read = expressions.flatMap(seriesIn);
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter((name) => !known.has(name))).toEqual([]);
  for (const expression of expressions) expect(seriesIn(expression)).not.toEqual([]);
  const ours = [...known].filter((name) => name.startsWith('paperboy_') && !name.endsWith('_sum'));
  expect(ours.filter((name) => !read.includes(name))).toEqual([]);
});

test('the metrics tell of an empty house, and bear no address', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface', METRICS_TOKEN: TOKEN } });
  await addReader(app);
  const text = await scrape(app);
  expect(text).toMatch(/^paperboy_readers\{status="active"\} 1$/m);
  expect(text).toMatch(/^paperboy_edition_late_hours 7$/m);
  expect(text).toMatch(/^paperboy_queue_jobs\{queue="deliver",state="ready"\} 0$/m);
  expect(text).toMatch(/^paperboy_database_up 1$/m);
  expect(text).not.toContain('@');
});

test('what never went well is told as infinitely long ago, so that a rule can see it', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface,arxiv', METRICS_TOKEN: TOKEN } });
  await addIngest(app, { outcome: 'failed', error: 'It answered 503.' });
  const text = await scrape(app);
  expect(text).toMatch(/^paperboy_source_age_seconds\{source="huggingface"\} \+Inf$/m);
  // It may be read for the first time at this instant.
  expect(text).not.toContain('source="arxiv"');
  expect(text).toMatch(/^paperboy_queue_done_seconds\{queue="compose"\} \+Inf$/m);
});

test('a queue tells when a job was last done', async () => {
  const app = await testApp({ env: { METRICS_TOKEN: TOKEN } });
  await app.db.$executeRaw`INSERT INTO pgboss.job (name, state, completed_on)
    SELECT 'compose', state::pgboss.job_state, ${app.now()}::timestamptz - age * interval '1 second'
    FROM (VALUES ('completed', 90), ('completed', 30), ('failed', 5)) AS j (state, age)`;
  expect(await scrape(app)).toMatch(/^paperboy_queue_done_seconds\{queue="compose"\} 30$/m);
});

test('the metrics are there for whoever bears the token, and for nobody while there is none', async () => {
  expect((await createWeb(await testApp()).request('/metrics', bearer(TOKEN))).status).toBe(404);
  const app = await testApp({ env: { METRICS_TOKEN: TOKEN, ADMIN_TOKEN: 'open-sesame-open-sesame' } });
  const web = createWeb(app);
  const statusOf = async (path: string, token: string) => (await web.request(path, bearer(token))).status;
  expect((await web.request('/metrics')).status).toBe(401);
  // Neither opens the other's door.
  expect(await statusOf('/metrics', 'open-sesame-open-sesame')).toBe(401);
  expect(await statusOf('/admin', TOKEN)).toBe(401);
  expect(await statusOf('/metrics', TOKEN)).toBe(200);
  for (let n = 0; n < 10; n++) await statusOf('/metrics', `guess ${n}`);
  expect(await statusOf('/metrics', TOKEN)).toBe(429);
  expect(await statusOf('/admin', 'open-sesame-open-sesame')).toBe(200);
});

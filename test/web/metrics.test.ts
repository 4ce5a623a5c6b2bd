import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';

const monitoring = (name: string) =>
  readFileSync(new URL(`../../docs/monitoring/${name}`, import.meta.url), 'utf8');

/** Names of the series that a PromQL expression reads. */
const seriesIn = (expression: string) => expression.match(/\b(?:paperboy|process)_\w+/g) ?? [];

test('every series that the dashboard and the alert rules read is in /metrics', async () => {
  const app = await testApp();
  const text = await (await createWeb(app).request('/metrics')).text();
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
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
});

test('the metrics tell of an empty house, and bear no address', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface' } });
  await app.db.subscriber.create({
    data: { email: 'ada@example.org', emailKey: 'ada@example.org', createdAt: app.now(), status: 'active' },
  });
  const text = await (await createWeb(app).request('/metrics')).text();
  expect(text).toMatch(/^paperboy_readers\{status="active"\} 1$/m);
  expect(text).toMatch(/^paperboy_edition_late_hours 7$/m);
  expect(text).toMatch(/^paperboy_queue_jobs\{queue="deliver",state="ready"\} 0$/m);
  expect(text).toMatch(/^paperboy_database_up 1$/m);
  expect(text).not.toContain('@');
});

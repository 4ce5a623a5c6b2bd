import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { admin, withName } from './template.ts';

/** Settings of a database without a table, of the kind that the other tests have; it goes with the test. */
export async function emptyDatabase(): Promise<Record<string, string>> {
  const template = inject('template');
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-empty-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if ('folder' in template) return { DATA_DIR: folder };
  const name = `paperboy_test_${randomUUID().replaceAll('-', '')}`;
  await admin(template.server, `CREATE DATABASE ${name}`);
  onTestFinished(() => admin(template.server, `DROP DATABASE ${name} WITH (FORCE)`));
  return { DATA_DIR: folder, DATABASE_URL: withName(template.server, name) };
}

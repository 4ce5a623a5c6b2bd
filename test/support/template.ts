// Makes, once a run, the migrated database that every test file then copies: on the embedded database a folder,
// with DATABASE_URL a template database on that server.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { QUEUES } from '../../src/app.ts';
import { openDatabase } from '../../src/lib/db.ts';
import { silent } from '../../src/lib/log.ts';
import { openQueue } from '../../src/lib/queue.ts';

declare module 'vitest' {
  interface ProvidedContext {
    template: { folder: string } | { server: string; name: string };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.DATABASE_URL;
  if (!server) {
    const folder = mkdtempSync(join(tmpdir(), 'paperboy-template-'));
    await prepare(undefined, folder);
    project.provide('template', { folder });
    return async () => rmSync(folder, { recursive: true });
  }
  const name = `paperboy_template_${randomUUID().replaceAll('-', '')}`;
  await admin(server, `CREATE DATABASE ${name}`);
  await prepare(withName(server, name), tmpdir());
  project.provide('template', { server, name });
  return () => admin(server, `DROP DATABASE ${name} WITH (FORCE)`);
}

async function prepare(url: string | undefined, dataDir: string): Promise<void> {
  const database = await openDatabase({ url, dataDir });
  const queue = await openQueue({ url: database.url, queues: QUEUES, log: silent });
  await queue.stop(5);
  await database.close();
}

export function withName(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function admin(server: string, sql: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

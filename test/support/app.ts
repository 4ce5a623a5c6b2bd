import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject, onTestFinished } from 'vitest';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { silent } from '../../src/lib/log.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { admin, withName } from './template.ts';

type Settings = { env?: Record<string, string> } & Overrides;

export type TestApp = App & {
  /** Moves the app's clock; it stands still otherwise. */
  setNow: (instant: string) => void;
};

/**
 * A whole app on a database of its own (a copy of the migrated template), with a clock that stands at
 * 2026-05-07T09:00Z. Opened in a test it ends with the test, and at the head of a file or a describe with its last one;
 * whoever opens it in a hook closes it.
 *
 * `const app = await testApp({ env: { SMTP_URL: … }, fetch })`
 */
export async function testApp({ env = {}, ...overrides }: Settings = {}): Promise<TestApp> {
  const { url, dataDir, remove } = await copyOfTemplate();
  let clock = new Date('2026-05-07T09:00:00Z');
  const config = loadConfig({
    DATA_DIR: dataDir,
    ...(url ? { DATABASE_URL: url } : {}),
    SECRET: 'a secret for tests and nothing else',
    BASE_URL: 'https://paperboy.test',
    MAIL_FROM: 'Paperboy <digest@paperboy.test>',
    SMTP_URL: 'smtp://127.0.0.1:9',
    HF_URL: 'http://127.0.0.1:9',
    ARXIV_URL: 'http://127.0.0.1:9',
    ARXIV_RSS_URL: 'http://127.0.0.1:9',
    ...env,
  });
  const app = await createApp(config, { log: silent, now: () => new Date(clock), ...overrides });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= app.close().then(remove);
    return closing;
  };
  endWith(close);
  return {
    ...app,
    close,
    setNow: (instant) => {
      clock = new Date(instant);
    },
  };
}

/** One whose mails arrive in a mailbox of its own. */
export async function appWithMailbox({ env = {}, ...overrides }: Settings = {}): Promise<{
  app: TestApp;
  mailbox: Mailbox;
}> {
  const mailbox = await openMailbox();
  endWith(mailbox.close);
  return { app: await testApp({ env: { SMTP_URL: mailbox.url, ...env }, ...overrides }), mailbox };
}

/** With the test that runs or, while tests are only being named, with the last of them. */
function endWith(close: () => Promise<void>): void {
  try {
    onTestFinished(close);
  } catch {
    afterAll(close);
  }
}

async function copyOfTemplate() {
  const template = inject('template');
  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-test-'));
  if ('folder' in template) {
    cpSync(join(template.folder, 'postgres'), join(dataDir, 'postgres'), { recursive: true });
    return { url: undefined, dataDir, remove: async () => rmSync(dataDir, { recursive: true, force: true }) };
  }
  const name = `paperboy_test_${randomUUID().replaceAll('-', '')}`;
  await admin(template.server, `CREATE DATABASE ${name} TEMPLATE ${template.name}`);
  return {
    url: withName(template.server, name),
    dataDir,
    remove: async () => {
      await admin(template.server, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

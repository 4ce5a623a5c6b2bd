import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** The service as `npm start` runs it, in a folder of its own, on a port of its own. */
function startService(env: Record<string, string>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-service-'));
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const service = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    cwd: dataDir,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      PORT: '0',
      SOURCES: 'huggingface',
      HF_URL: 'http://127.0.0.1:9',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    if (service.exitCode === null && service.signalCode === null) {
      service.kill('SIGKILL');
      await once(service, 'exit');
    }
    rmSync(dataDir, { recursive: true, force: true });
  });
  return service;
}

test('the service starts on the embedded database, answers, and ends well when it is told to', async () => {
  const service = startService({});
  const lines = createInterface(service.stderr);
  for await (const line of lines) {
    const { msg, port } = JSON.parse(line);
    if (msg !== 'paperboy is up') continue;
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    service.kill('SIGTERM');
  }
  await (service.exitCode === null ? once(service, 'exit') : undefined);
  expect(service.exitCode).toBe(0);
});

test('the service says all that is wrong with its settings, and exits with 2', async () => {
  const service = startService({ PORT: 'many', ROLE: 'boss' });
  const said: string[] = [];
  for await (const line of createInterface(service.stderr)) said.push(line);
  await (service.exitCode === null ? once(service, 'exit') : undefined);
  expect(service.exitCode).toBe(2);
  expect(said.join('\n')).toMatch(/PORT: .*\n\s*ROLE: /);
});

test('a database that is away ends the start with 1, and no password is shown', async () => {
  const service = startService({
    DATABASE_URL: 'postgresql://paperboy:hunter2@127.0.0.1:1/paperboy',
    SMTP_URL: 'smtp://paperboy:hunter3@127.0.0.1:1',
    SECRET: 'hunter4 hunter4 hunter4',
  });
  const said: string[] = [];
  for await (const line of createInterface(service.stderr)) said.push(line);
  await (service.exitCode === null ? once(service, 'exit') : undefined);
  expect(service.exitCode).toBe(1);
  expect(said.join('\n')).toContain('ECONNREFUSED 127.0.0.1:1');
  expect(said.join('\n')).not.toContain('hunter');
});

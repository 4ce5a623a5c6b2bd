import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const paperboy = (...args: string[]) =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

test('help whose reader has gone ends quietly', async () => {
  const child = paperboy('--help');
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
});

test('an error cannot steer the terminal', async () => {
  const child = paperboy('day\u001b[2J\u009b31m');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toContain('unknown command');
  for (const steering of ['\u001b', '\u009b']) expect(said).not.toContain(steering);
  expect(code).toBe(2);
});

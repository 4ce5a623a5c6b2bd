import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from '../support/markdown.ts';

const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });
const there = promtool('--version').error === undefined;

if (!there)
  console.warn('There is no promtool on this machine (Debian: prometheus), so nobody tries the alert rules.');

test.skipIf(!there)(
  'each alert rule speaks when it should, in a sentence, and is silent while all is well',
  () => {
    const { status, stdout, stderr } = promtool('test', 'rules', 'test/docs/alerts.yml');
    expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 });
  },
);

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/settings.ts';
import { read, root } from '../support/markdown.ts';

type Service = {
  environment?: Record<string, unknown>;
  command?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
};
const compose: { services: Record<string, Service> } = parse(read('docker-compose.yml'), { merge: true });
const dockerfile = read('Dockerfile');

test('the composition sets what is a setting, and asks for nothing that is none', () => {
  for (const name of ['migrate', 'web', 'worker'])
    expect(
      Object.keys(compose.services[name]?.environment ?? {}).filter((key) => !SETTINGS.includes(key)),
    ).toEqual([]);
  const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  expect(asked.filter((name) => !SETTINGS.includes(name) && name !== 'POSTGRES_PASSWORD')).toEqual([]);
  expect(asked).toContain('SECRET');
});

test('the container has no more rights than it needs', () => {
  for (const name of ['migrate', 'web', 'worker'])
    expect([name, compose.services[name]]).toMatchObject([
      name,
      { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
    ]);
  expect(dockerfile).toMatch(/^USER node$/m);
});

test('the container has the Node that the lock file pins, and every file that it copies and starts', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  expect(/^ARG NODE=(.+)$/m.exec(dockerfile)?.[1]).toBe(packages['node_modules/node'].version);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  const started = [
    /^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '',
    JSON.stringify(compose.services.migrate?.command),
  ];
  const scripts = started.flatMap((line) => line.match(/src\/\w+\.ts/) ?? []);
  expect(scripts).toEqual(['src/main.ts', 'src/cli.ts']);
  expect([...copied, ...scripts].filter((name) => !existsSync(join(root, name)))).toEqual([]);
  // What is not copied does not even reach the builder.
  const taken = read('.dockerignore').match(/(?<=^!).+$/gm) ?? [];
  expect(taken.sort()).toEqual([...new Set(copied.map((name) => name.split('/')[0]))].sort());
});

test('the container and the unit start the service with the same flags and environment as npm start', () => {
  const { command, environmentIn } = start();
  const unit = read('docs/paperboy.service');
  expect(JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '[]').join(' ')).toBe(command);
  expect(unit).toContain(`/${command}\n`);
  expect(dockerfile).toContain(`ENV ${environmentIn('/data')}\n`);
  expect(unit).toContain(`Environment=${environmentIn('/var/lib/paperboy')}\n`);
});

/** What `npm start` is. */
function start(): { command: string; environmentIn: (dataDir: string) => string } {
  const { scripts } = JSON.parse(read('package.json'));
  const [, environment = '', command = ''] = /^(.+?) (node .+)$/.exec(scripts.start) ?? [];
  return {
    command,
    environmentIn: (dataDir) => environment.replaceAll(`\${DATA_DIR:-.data}`, dataDir),
  };
}

test('the unit is one that systemd takes', () => {
  const unit = read('docs/paperboy.service');
  expect(/^ExecStart=\/opt\/paperboy\/node_modules\/\.bin\/node .*(src\/main\.ts)$/m.exec(unit)?.[1]).toBe(
    'src/main.ts',
  );
  for (const line of unit.split('\n'))
    expect(line).toMatch(/^$|^#|^\[(Unit|Service|Install)\]$|^[A-Z]\w+=\S/);
  const ofNode = `Environment=${start().environmentIn('/var/lib/paperboy')}\n`;
  const set = [...unit.replace(ofNode, '').matchAll(/^Environment=(.+)$/gm)].flatMap(([, pairs = '']) =>
    pairs.split(' '),
  );
  expect(set.map((pair) => pair.split('=')[0] ?? '').filter((name) => !SETTINGS.includes(name))).toEqual([]);
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'paperboy.service');
  writeFileSync(file, unit.replaceAll('/opt/paperboy/node_modules/.bin/node', process.execPath));
  expect(execFileSync('systemd-analyze', ['verify', file], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
});

test('every package is locked by its checksum, and scripts at install are those that were looked at', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { integrity?: string; hasInstallScript?: boolean }>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  expect(installed.filter(([, { integrity }]) => !integrity)).toEqual([]);
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  const { allowScripts } = JSON.parse(read('package.json'));
  expect(scripted.map((path) => path.replace(/^.*node_modules\//, ''))).toEqual(
    Object.keys(allowScripts).sort(),
  );
});

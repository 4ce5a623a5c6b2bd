import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each room may import from those before it, and everybody the App type and the settings. */
const order = [
  'src/lib',
  'src/settings.ts',
  'src/config.ts',
  'src/app.ts',
  'src/papers',
  'src/topics',
  'src/editions',
  'src/subscribers',
  'src/digests',
  'src/delivery',
  'src/daily.ts',
  'src/web',
  'src/commands',
  'jobs',
  'src/cli.ts',
  'src/main.ts',
];

const files = ['src', 'jobs']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith('.ts') && !name.startsWith('src/generated/'));

const roomOf = (file: string) => order.findIndex((room) => file === room || file.startsWith(`${room}/`));

/** The files that a file imports, be it for types alone. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/^import\s[^'"]*?['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]/gm)]
    .map(([, path, dynamic]) => relative(root, join(root, dirname(file), path ?? dynamic ?? '')))
    .filter((target) => !target.startsWith('src/generated/'));
}

test('every file has a room', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((file) => roomOf(file) < 0)).toEqual([]);
});

test('arrows between rooms point one way', () => {
  const back = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => roomOf(target) > roomOf(file))
      .map((target) => `${file} imports ${target}`),
  );
  expect(back).toEqual([]);
});

test('files import one another in no circle, not even for types alone', () => {
  const done = new Set<string>();
  const circleFrom = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of importsOf(file)) {
      const circle = circleFrom(target, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  };
  expect(files.map((file) => circleFrom(file, [])).find(Boolean)).toBeUndefined();
});

test('nothing imports the demo or the tests', () => {
  const odd = files.flatMap((file) => importsOf(file).filter((target) => /^(demo|test)\//.test(target)));
  expect(odd).toEqual([]);
});

test('only app.ts and config.ts know the environment, the clock and chance', () => {
  const outside = /process\.env|Math\.random\(|Date\.now\(|new Date\(\)|Temporal\.Now/;
  const knowing = files.filter((file) => outside.test(readFileSync(join(root, file), 'utf8')));
  expect(knowing.sort()).toEqual(['src/app.ts', 'src/config.ts']);
});

test('migrations are numbered one after the other, so that they run in the order in which they were made', () => {
  const folders = readdirSync(join(root, 'prisma/migrations')).filter((name) => !name.includes('.'));
  const numbers = folders.sort().map((name) => Number(name.slice(0, 4)));
  expect(numbers).toEqual(numbers.map((_, before) => before + 1));
});

import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { openapi } from '../../src/web/api/openapi.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { anchorsIn, codeIn, documents, read, root } from '../support/markdown.ts';

/** Where a document's links lead: a file of the repository, and an anchor in it. */
const links = documents.flatMap(({ file, text }) =>
  [...text.matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].flatMap(([, link, picture]) => {
    const target = link ?? picture ?? '';
    if (/^(https?|mailto):/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    return [{ file, target, path: path === '' ? file : normalize(join(dirname(file), path)), anchor }];
  }),
);

test('every link of the documents leads to a file, and to a heading in it', () => {
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(
    ({ path, anchor }) =>
      !existsSync(join(root, path)) || (anchor !== undefined && !anchorsIn(read(path)).includes(anchor)),
  );
  expect(broken.map(({ file, target }) => `${file}: ${target}`)).toEqual([]);
});

test('every document can be found from the README', () => {
  const found = new Set(['README.md']);
  for (const file of found)
    for (const link of links) if (link.file === file && link.path.endsWith('.md')) found.add(link.path);
  expect(documents.map(({ file }) => file).filter((file) => !found.has(file))).toEqual([]);
});

test('every table has its place in the tour', () => {
  const models = read('prisma/schema.prisma').match(/^model .*?^}/gms) ?? [];
  const tables = models.map((model) => /@@map\("(\w+)"\)/.exec(model)?.[1] ?? model);
  const told = new Set(codeIn(read('docs/architecture.md')));
  expect(tables.length).toBeGreaterThan(20);
  expect(tables.filter((table) => !told.has(table))).toEqual([]);
});

test('every answer to a threat names a test that there is', () => {
  const rows = read('docs/security.md')
    .split('\n')
    .filter((line) => /^\| \*\*/.test(line));
  for (const row of rows) {
    const cell = row.split('|').at(-2) ?? '';
    for (const [, file = '', names = ''] of cell.matchAll(/\]\(\.\.\/([^)]+)\)((?:,? "[^"]+")*)/g))
      for (const [, name = ''] of names.matchAll(/"([^"]+)"/g))
        expect([file, name, read(file).includes(name)]).toEqual([file, name, true]);
  }
  expect(rows.length).toBeGreaterThan(15);
});

test('every address of the site in the documents is one', async () => {
  const app = await testApp({
    env: { ADMIN_TOKEN: 'open-sesame-open-sesame', METRICS_TOKEN: 'a-token-of-ours!' },
  });
  const patterns = createWeb(app)
    .routes.filter(({ path }) => !path.endsWith('*'))
    .map(({ path }) => new RegExp(`^${path.replace(/\/:[^/]+/g, '/[^/]+')}$`));
  const { paths } = openapi('https://paperboy.test') as { paths: Record<string, object> };
  const operations = Object.keys(paths).map((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`));
  // The demo's own speak of Hugging Face's addresses.
  const named = documents
    .filter(({ file }) => !file.startsWith('demo/'))
    .flatMap(({ text }) =>
      codeIn(text)
        .flatMap((code) => /(?:^(?:GET |POST )?|localhost:3000)(\/[^'\s?#]*)/.exec(code)?.[1] ?? [])
        .filter((path) => !FOLDERS.test(path)),
    );
  const known = (path: string) =>
    (path.startsWith('/api/') ? operations : [...patterns, /^\/style\.css$/]).some((pattern) =>
      pattern.test(path),
    );
  expect(named.filter((path) => path.startsWith('/api/')).length).toBeGreaterThan(3);
  expect([...new Set(named)].filter((path) => !known(path))).toEqual([]);
});

/** Of the machine, not of the site. */
const FOLDERS = /^\/(data|tmp|etc|opt|var|usr|srv|unsubscribe\/…)/;

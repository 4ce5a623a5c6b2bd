import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { RETENTION } from '../../src/delivery/retention.ts';
import { SETTINGS } from '../../src/settings.ts';
import { read, tablesIn } from '../support/markdown.ts';

const table = tablesIn(read('docs/settings.md'), 'setting').map(([name = '', said = '']) => ({
  name: /^`(\w+)`/.exec(name)?.[1] ?? name,
  starred: name.endsWith('*'),
  /** Undefined where it is said in words. */
  value: /^`([^`]+)`$/.exec(said)?.[1],
  said,
}));

/** The example with every line of it in force. */
const example = parseEnv(read('.env.example').replace(/^# (?=[A-Z_]+=)/gm, ''));

/** The settings that these variables make. Whom to trust is a function, so it is told by what it says. */
function made(env: Record<string, string>) {
  const { trustProxy, ...config } = loadConfig(env);
  const trusted = ['127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', '203.0.113.1'].map((address) =>
    trustProxy(address, 0),
  );
  return { ...config, trusted };
}

test('the table of settings and the example name every setting, and no other', () => {
  expect(table.map(({ name }) => name).sort()).toEqual([...SETTINGS].sort());
  expect(Object.keys(example).sort()).toEqual([...SETTINGS].sort());
});

test('a default that the table tells is the default: setting it changes nothing', () => {
  for (const { name, value } of table.filter(({ value }) => value !== undefined))
    expect([name, made({ [name]: value ?? '' })]).toEqual([name, made({})]);
  // What is told in words instead is one of a few, and nothing that could be written down.
  const words = new Set(table.filter(({ value }) => value === undefined).map(({ said }) => said));
  expect([...words].sort()).toEqual([
    'made once, kept in `DATA_DIR`',
    'no limit',
    'none',
    'none: mail leaves unsigned',
    'not set',
    'off',
    'the domain of `MAIL_FROM`',
    'the embedded database',
  ]);
});

test('the starred settings are those that production asks for', () => {
  const starred = table.filter(({ starred }) => starred).map(({ name }) => name);
  expect(() => loadConfig({ NODE_ENV: 'production' })).toThrow(
    new RegExp(['SMTP_URL', 'MAIL_FROM', 'BASE_URL', 'SECRET'].join('[^]*')),
  );
  expect(starred.sort()).toEqual(['BASE_URL', 'MAIL_FROM', 'SECRET', 'SMTP_URL']);
});

test('the example shows defaults where there are some, and works as it is written', () => {
  for (const { name, value, starred } of table)
    if (value !== undefined && !starred) expect([name, example[name]]).toEqual([name, value]);
  expect(loadConfig({ ...example, SECRET: 'made with openssl' })).toMatchObject({ production: true });
});

test('the documents tell of everything how long it is kept, and why', () => {
  const rules = Object.values(RETENTION).map(({ what, days, why }) => [
    what,
    String(days(loadConfig({}))),
    why,
  ]);
  expect(tablesIn(read('docs/operations.md'), 'what')).toEqual(rules);
});

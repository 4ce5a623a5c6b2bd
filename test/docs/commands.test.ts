import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { codeIn, documents, read, root, tablesIn } from '../support/markdown.ts';

const help = async (...verb: string[]) => {
  const args = ['--disable-warning=ExperimentalWarning', 'src/cli.ts', ...verb, '--help'];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
};

/** The verbs that a help names, each with those below it. */
const verbsIn = (text: string) =>
  [...(text.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, verb = '']) => verb)
    .filter((verb) => verb !== 'help');

/** A command as it is written: its words up to the first that is a value, and its options. */
function commandIn(line: string): { verb: string[]; options: string[] } {
  const words = line.split(/\s+/);
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
  return {
    verb: (end < 0 ? words : words.slice(0, end)).slice(0, 2),
    options: [...line.matchAll(/(?<=^|[\s[])--[a-z-]+/g)].map(([option]) => option),
  };
}

/** Every command that stands as code in a document, however it is started, and those of the README's table. */
const written = [
  ...documents.flatMap(({ file, text }) =>
    codeIn(text).flatMap((line) =>
      [...line.matchAll(/(?:npx paperboy|node src\/cli\.ts|npm run -s paperboy --) (\S[^|&)]*)/g)].map(
        ([, command = '']) => ({
          file,
          command,
        }),
      ),
    ),
  ),
  ...tablesIn(read('README.md'), 'command').flatMap(([first = '', does = '']) => {
    const commands = codeIn(first);
    const options = codeIn(does).filter((code) => code.startsWith('--'));
    return commands.map((command, at) => ({
      file: 'README.md',
      command: at === 0 ? [command, ...options].join(' ') : command,
    }));
  }),
];

test('every command in the documents is one, with the options that it has there', {
  timeout: 180_000,
}, async () => {
  const verbs = verbsIn(await help());
  const below = verbsIn(await help('subscribers'));
  const commands = written.map(({ file, command }) => ({ file, command, ...commandIn(command) }));
  const unknown = commands.filter(
    ({ verb: [first = '', second = ''] }) =>
      !verbs.includes(first) || (first === 'subscribers' && !below.includes(second)),
  );
  expect(written.length).toBeGreaterThan(40);
  expect(unknown.map(({ file, command }) => `${file}: ${command}`)).toEqual([]);

  const withOptions = commands.filter(({ options }) => options.length > 0);
  const byVerb = Map.groupBy(withOptions, ({ verb: [first = '', second = ''] }) =>
    first === 'subscribers' ? `${first} ${second}` : first,
  );
  for (const [verb, some] of byVerb) {
    const told = await help(...verb.split(' '));
    const wrong = some.filter(({ options }) => !options.every((option) => told.includes(`${option} `)));
    expect(wrong.map(({ file, command }) => `${file}: ${command}`)).toEqual([]);
  }
});

test('the README has every command', async () => {
  const table = tablesIn(read('README.md'), 'command').flatMap(([first = '']) => codeIn(first));
  const told = new Set(table.map((command) => commandIn(command).verb[0]));
  expect([...told].sort()).toEqual(verbsIn(await help()).sort());
});

test('every script of npm in the documents is one', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = documents.flatMap(({ text }) =>
    codeIn(text).flatMap((line) =>
      [...line.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, script = '']) => script),
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');

/** The documents, by their path in the repository. */
export const documents: { file: string; text: string }[] = [
  ...['.', 'docs', 'demo'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`)
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  ),
].map((file) => ({ file, text: read(file) }));

/** What is set as code: the lines of blocks, and the spans within lines, without the marks around them. */
export function codeIn(text: string): string[] {
  const [blocks, rest] = [[...text.matchAll(BLOCK)], text.replace(BLOCK, '')];
  return [
    ...blocks.flatMap(([, body = '']) =>
      body.split('\n').map((line) => line.replace(/\s{2,}#.*/, '').trim()),
    ),
    ...[...rest.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span),
  ].filter(Boolean);
}

const BLOCK = /^ *```[^\n]*\n(.*?)^ *```/gms;

/** The cells of each row of each table whose head begins with a word, without the head. */
export function tablesIn(text: string, head: string): string[][] {
  const tables = text.split(/\n\s*\n/).filter((part) => part.trimStart().startsWith(`| ${head} |`));
  return tables.flatMap((table) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) =>
        row
          .trim()
          .replace(/^\||\|$/g, '')
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

/** What GitHub calls the headings of a document in its links. */
export const anchorsIn = (text: string): string[] =>
  [...text.replace(BLOCK, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );

import { abbreviations, idioms } from './abbreviations.ts';
import { american } from './senses.ts';

/** A thing with its names, each a row of lower-case words and signs. */
type Term = { name: string; forms: string[][]; isIdiom: boolean };

const rowOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]+/gu) ?? [];

const termsOf = (table: string, isIdiom: boolean): Term[] =>
  table
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', rest = ''] = line.split(/\s+(.*)/);
      return { name: name.toLowerCase(), forms: [name, ...rest.split(' | ')].map(rowOf), isIdiom };
    });

const terms = [...termsOf(abbreviations, false), ...termsOf(idioms, true)];

/** By their first word, the longest first. */
const forms = Map.groupBy(
  terms
    .flatMap(({ forms, ...term }) => forms.map((row) => ({ ...term, row })))
    .toSorted((a, b) => b.row.length - a.row.length),
  ({ row }) => row[0] ?? '',
);

/**
 * The terms of the table that begin at a place in a row of lower-case words and signs, their last word in the plural too:
 * the longest first, each with how many of the row it takes.
 */
export function termsAt(row: string[], at: number): { name: string; length: number; isIdiom: boolean }[] {
  const word = row[at] ?? '';
  const near = [
    ...(forms.get(word) ?? []),
    ...(word.endsWith('s') ? (forms.get(word.slice(0, -1)) ?? []) : []),
  ];
  return near
    .filter((form) => stands(row, at, form.row))
    .map(({ row, ...term }) => ({ ...term, length: row.length }));
}

const stands = (row: string[], at: number, form: string[]): boolean =>
  form.every((part, index) => {
    const word = row[at + index] ?? '';
    return word === part || american(word) === part || (index === form.length - 1 && word === `${part}s`);
  });

/** All forms of the term with a name. */
export const formsOf = (name: string): string[] =>
  terms.find((term) => term.name === name)?.forms.map((row) => row.join(' ')) ?? [];

/**
 * The terms of the table whose short form a text introduces as something else: of "attack success rate (ASR)" it is ASR.
 * After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (2003), with
 * the first letters of whole words only.
 */
export function meantOtherwise(text: string): Set<string> {
  const names = [...text.matchAll(/\(([A-Za-z\d]{2,8})\)/g)].flatMap(({ 1: short = '', index }) => {
    const said = termsAt([short.toLowerCase()], 0);
    if (said.length === 0) return [];
    const before = rowOf(text.slice(Math.max(0, index - 150), index).replace(/\p{Pd}/gu, ' '));
    if (!isInitials(short.toLowerCase(), before)) return [];
    return said.filter(({ name }) => !isForm(name, before)).map(({ name }) => name);
  });
  return new Set(names);
}

function isInitials(short: string, before: string[]): boolean {
  const words = before.filter((word) => /[\p{L}\p{N}]/u.test(word));
  const heavy = words.filter((word) => !/^(?:of|to|for|from|with|in|and|the|by)$/.test(word));
  return [words, heavy].some((some) => {
    const initials = some.map(([first]) => first).join('');
    return initials.endsWith(short) || `${initials}s`.endsWith(short);
  });
}

const isForm = (name: string, before: string[]): boolean =>
  terms.some(
    (term) =>
      term.name === name &&
      term.forms.some(
        (form) => form.length <= before.length && stands(before, before.length - form.length, form),
      ),
  );

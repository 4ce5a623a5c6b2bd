import { searchable } from '../papers/text.ts';
import { formsOf, termsAt } from '../papers/wording.ts';

/** A word, or a fixed term of several, as a reader wrote it; what it is looked up by; and all the ways in which papers say it. */
export type Word = { text: string; token: string; forms: string[] };

/** Reads the fixed terms (abbreviations.ts) out of a row of words, the longest first. */
export function wordsIn(row: string[]): Word[] {
  const found: Word[] = [];
  for (let at = 0; at < row.length; ) {
    const [term] = termsAt(row, at);
    const length = term?.length ?? 1;
    const text = row.slice(at, at + length).join(' ');
    found.push({
      text,
      token: term ? `${term.name}0` : searchable(text),
      forms: (term ? formsOf(term.name) : [text]).flatMap(inPlural),
    });
    at += length;
  }
  return found;
}

/** With the plural that Postgres' stemmer does not know, but ours does (papers/text.ts): LLMs, GPUs. */
const inPlural = (form: string): string[] =>
  !form.includes(' ') && searchable(`${form}s`) === searchable(form) ? [form, `${form}s`] : [form];

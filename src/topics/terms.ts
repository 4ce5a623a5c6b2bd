import { fold, nameKey } from '../papers/text.ts';
import { categoryNamed } from './categories.ts';
import { clean, partsOf, saysNothing, wordsOf } from './words.ts';

/**
 * One thing that a topic asks for, without quotes and prefix: its canonical text, small and without accents and hyphens,
 * and as the reader wrote it.
 */
export type Term = { kind: 'word' | 'phrase' | 'category' | 'author'; text: string; written: string };

/** A topic as it was written: a row of terms for each side of its ORs, and what no paper may have. */
export type Terms = { branches: Term[][]; never: Term[] };

/** What the reader wrote cannot be a topic; the message is for them. */
export class TopicProblem extends Error {}

const most = { characters: 200, branches: 8, words: 20 };

/**
 * Reads words, "phrases", `-exclusions`, `cat:` and `author:`, parted by OR. An exclusion holds for the whole topic,
 * wherever it stands. AND is understood and dropped; NOT is a minus, `|` an OR.
 *
 * @throws TopicProblem
 */
export function readTerms(written: string): Terms {
  const line = clean(written);
  refuseLong(line);
  const text = line.replace(/("[^"]*")|\|+/g, (_, quoted?: string) => quoted ?? ' OR ');
  if ((text.match(/"/g) ?? []).length % 2 === 1)
    throw new TopicProblem('A quotation mark (") is missing its partner.');
  if (/\([^()"]*\bOR\b[^()"]*\)|(?<!\S)-\(/.test(text))
    throw new TopicProblem('Brackets do not group here: write each combination out, with OR between them.');
  const terms = scan(text);
  refuseMany(terms);
  for (const branch of terms.branches) refuseEmpty(branch, terms);
  const common = terms.never.find((term) => saysNothing(term.text));
  if (common) throw new TopicProblem(`“${common.text}” is too common to be left out.`);
  refuseContradiction(terms);
  return terms;
}

/** @throws TopicProblem over 200 characters. */
export function refuseLong(text: string): void {
  if ([...text].length > most.characters)
    throw new TopicProblem(`A topic can have at most ${most.characters} characters; make it several topics.`);
}

/** A minus, then `cat:` or `author:` with a value, a "phrase", or a run of anything without blanks. */
const piece =
  /(?<minus>(?<![\p{L}\p{N}\p{M}+#])-+(?=["\p{L}\p{N}]))?(?:(?<prefix>cat|author):(?:"(?<quoted>[^"]*)"|(?<bare>[^\s"(),;]*))|"(?<phrase>[^"]*)"|(?<run>[\p{L}\p{N}][^\s"]*))/giu;

function scan(text: string): Terms {
  const branches: Term[][] = [[]];
  const never: Term[] = [];
  let not = false;
  for (const { groups = {} } of text.matchAll(piece)) {
    if (groups.run === 'OR') branches.push([]);
    if (groups.run === 'NOT') not = true;
    if (groups.run && OPERATOR.test(groups.run)) continue;
    const terms = termsOf(groups);
    if (groups.minus || not) add(never, excluded(terms));
    else add(branches.at(-1) ?? [], terms);
    not = false;
  }
  return { branches, never };
}

const OPERATOR = /^(OR|AND|NOT)$/;

const termOf = (kind: Term['kind'], written: string, text = plain(written)): Term => ({
  kind,
  text,
  written,
});

/** As it is compared: what `fold` leaves is read anew, for a letter may have become several or none. */
const plain = (text: string): string =>
  wordsOf(clean(fold(text).toLowerCase()))
    .flatMap(partsOf)
    .join(' ');

function termsOf({ prefix, quoted, bare, phrase, run }: Record<string, string | undefined>): Term[] {
  const value = quoted ?? bare ?? '';
  if (prefix?.toLowerCase() === 'cat') return [category(value)];
  if (prefix) return [author(value)];
  const words = wordsOf(phrase ?? run ?? '');
  const terms = phrase === undefined ? words.map(wordOf) : [termOf('phrase', words.join(' '))];
  return terms.filter(({ text }) => text !== '');
}

/** What would be an operator by itself was none where it stood. */
const wordOf = (word: string): Term => termOf('word', OPERATOR.test(word) ? word.toLowerCase() : word);

function category(value: string): Term {
  const text = categoryNamed(value.trim());
  if (text) return termOf('category', text, text);
  throw new TopicProblem(
    value.trim()
      ? `arXiv has no category “${value.trim()}”; they look like cs.CL, or cs for all of computer science.`
      : 'Write the category right behind “cat:”, such as cat:cs.CL.',
  );
}

function author(value: string): Term {
  const name = wordsOf(value.replace(SURNAME_FIRST, '$2 $1')).join(' ');
  const key = nameKey(name);
  if (/\p{L}/u.test(key)) return termOf('author', name, clean(key));
  throw new TopicProblem('Write the name right behind “author:”, such as author:"Kaiming He".');
}

/** "He, Kaiming", but not "Martin King, Jr.". */
const SURNAME_FIRST = /^([^,]*),(?!\s*(?:jr|sr|i+)\b)([^,]*)/i;

/** What follows one minus is left out as a whole: `-vision:language` is the phrase, not either word. */
function excluded(terms: Term[]): Term[] {
  if (terms.some(({ kind }) => kind === 'category' || kind === 'author'))
    throw new TopicProblem('Only words and phrases can be left out with a minus.');
  const whole = terms.map(({ written }) => written).join(' ');
  if (whole === '') return [];
  return [termOf(plain(whole).includes(' ') ? 'phrase' : 'word', whole)];
}

function add(row: Term[], terms: Term[]): void {
  for (const term of terms)
    if (!row.some(({ kind, text }) => kind === term.kind && text === term.text)) row.push(term);
}

function refuseMany({ branches, never }: Terms): void {
  if (branches.length > most.branches)
    throw new TopicProblem(`A topic can have at most ${most.branches} sides of OR; make it several topics.`);
  if ([...branches.flat(), ...never].flatMap(({ text }) => text.split(' ')).length > most.words)
    throw new TopicProblem(`A topic can have at most ${most.words} words; make it several topics.`);
}

function refuseEmpty(branch: Term[], { branches, never }: Terms): void {
  if (branch.length === 0) {
    if (branches.length > 1) throw new TopicProblem('OR needs something to look for on both sides.');
    if (never.length > 0)
      throw new TopicProblem('A topic needs something to look for, not only what to leave out.');
  }
  if (!branch.some(({ text }) => /\p{L}/u.test(text)))
    throw new TopicProblem('Write what the topic is about, in words.');
  const words = branch.filter(({ kind }) => kind === 'word');
  const common =
    words.length === branch.length && words.every(({ text }) => saysNothing(text))
      ? words.map(({ text }) => text).join(' ')
      : branch.find(({ kind, text }) => kind === 'phrase' && saysNothing(text))?.text;
  if (common !== undefined)
    throw new TopicProblem(`“${common}” has only words that nearly every paper has; add one that says more.`);
}

function refuseContradiction({ branches, never }: Terms): void {
  const asked = branches.flat().flatMap(({ kind, text }) => {
    if (kind === 'word') return text.split(' ');
    return kind === 'phrase' ? [text] : [];
  });
  const both = never.find(({ text }) => asked.includes(text));
  if (both) throw new TopicProblem(`This is both asked for and left out: “${both.text}”.`);
}

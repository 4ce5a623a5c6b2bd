import { senseOf } from './senses.ts';
import { tellingSentences } from './sentences.ts';
import { meantOtherwise, termsAt } from './wording.ts';

/**
 * Text as it is kept: one line, single spaces, whole Unicode, no control characters (Postgres refuses NUL and half a
 * surrogate pair), `most` UTF-16 units at most. LaTeX, entities and markup stay: they are escaped where they are shown.
 */
export function clean(text: string, most: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}--[\s\x85]]/gv, '')
    .replace(/[\s\x85]+/g, ' ')
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A link that may be shown: http or https, no user name within, 2,000 characters at most. Anything else is null. */
export function link(text: string | null | undefined): string | null {
  const url = text ? URL.parse(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) return null;
  return url.href.length <= 2000 ? url.href : null;
}

/** Without accents and ligatures: "Kościuszko’s ﬁne café" is "Kosciuszko’s fine cafe". */
export function fold(text: string): string {
  if (ASCII.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(WHOLE, (letter) => LETTERS[letter] ?? letter);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII too
const ASCII = /^[\x00-\x7f]*$/;
/** Letters that Unicode does not decompose. */
const LETTERS: Record<string, string> = Object.fromEntries(
  'Ø-O ø-o Ł-L ł-l Đ-D đ-d ẞ-SS ß-ss Æ-AE æ-ae Œ-OE œ-oe ı-i Þ-Th þ-th Ð-D ð-d'
    .split(' ')
    .map((pair) => pair.split('-')),
);
const WHOLE = new RegExp(Object.keys(LETTERS).join('|'), 'g');

/** An author's name as it is compared: "Łukasz O’Neill-Pérez" is "lukasz o neill perez". */
export function nameKey(name: string): string {
  return fold(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * Text as it is given to `to_tsvector`, of papers and topics alike. `/` and hyphens become spaces, for Postgres reads
 * `PPO/GRPO` as one token, a path; and so do `<` and `>`, between which it reads a tag and drops it. Words that its stemmer
 * would confuse are told apart (senses.ts), and so is a name that ends in signs (C++, A*) from its letter. A term of
 * abbreviations.ts becomes one token, such as `llm0`, which also stands before the term where that is written out; an
 * idiom leaves nothing else.
 *
 * @param otherwise terms whose short form means something else here
 */
export function searchable(text: string, otherwise: ReadonlySet<string> = new Set()): string {
  const plain = parted(text);
  const tokens = [...plain.matchAll(TOKEN)];
  const words = tokens.map(([token]) => token.toLowerCase());
  /** By term, where its last mention ends: "retrieval augmented" within "retrieval augmented generation" is no second one. */
  const said = new Map<string, number>();
  let [end, idiomEnds] = [0, 0];
  const pieces = tokens.map(({ 0: token, index }, at) => {
    const blank = plain.slice(end, index);
    end = index + token.length;
    if (at < idiomEnds) return `${blank}${NO_WORD}`;
    const terms = termsAt(words, at).filter(({ name, length }) => length > 1 || !otherwise.has(name));
    const idiom = terms.find(({ isIdiom }) => isIdiom);
    if (idiom) idiomEnds = at + idiom.length;
    const names = terms.flatMap(({ name, length }) => {
      if (at < (said.get(name) ?? 0)) return [];
      said.set(name, at + length);
      return [`${name}0`];
    });
    const isSaid = idiom !== undefined || terms.at(-1)?.length === 1;
    return blank + (isSaid ? names : [...names, tokenOf(token)]).join(' ');
  });
  return pieces.join('');
}

const parted = (text: string): string =>
  fold(text)
    .replace(/[/<>\p{Pd}]/gu, ' ')
    .replace(/’/g, "'")
    .replace(SIGNED, (name) => SIGNED_NAMES[name.toLowerCase()] ?? 'astar0')
    .replace(/(?<=cpp0)(?=\d)/g, ' ');

/** C++ (its year may follow), C#, F#, and A*, also in LaTeX: A$^*$. Postgres would leave the letter of these, or nothing. */
const SIGNED = /(?<![\p{L}\p{N}\p{M}*#+])(?:c\+\+|[cf]#|a\$?\^?\*\$?)(?![\p{L}\p{M}*#+])/giu;
const SIGNED_NAMES: Record<string, string> = { 'c++': 'cpp0', 'c#': 'csharp0', 'f#': 'fsharp0' };

/** A row of letters and digits, or of anything between that is no blank. */
const TOKEN = /[\p{L}\p{N}]+|[^\p{L}\p{N}\s]+/gu;

function tokenOf(token: string): string {
  const word = token.toLowerCase();
  // The stemmer leaves the plural of what has no vowel but its last: LLMs, GPUs.
  const singular = PLURAL.test(word) ? word.slice(0, -1) : word;
  const sense = senseOf(singular);
  return sense === word ? token : sense;
}

const PLURAL =
  /^(?!(?:this|was|his|has|thus|plus|gas|bus|its)$)[b-df-hj-np-tv-xz\d]+[b-df-hj-rtv-xzaeiouy]s$/;

/** A paper's title, keywords and abstract, ready for `to_tsvector`. What different sentences say is not near each other. */
export function sayings({
  title,
  keywords,
  abstract,
}: {
  title: string;
  keywords: string[];
  abstract: string;
}): { title: string; keywords: string; abstract: string } {
  const otherwise = meantOtherwise(`${title}. ${abstract}`);
  return {
    title: searchable(title, otherwise),
    keywords: searchable(keywords.join(GAP), otherwise),
    abstract: searchable(tellingSentences(abstract).join(GAP), otherwise),
  };
}

/** Postgres counts the places of stop words and keeps no word there. */
const NO_WORD = 'the';
const GAP = ` .${` ${NO_WORD}`.repeat(8)} `;

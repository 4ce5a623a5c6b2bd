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
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(WHOLE, (letter) => LETTERS[letter] ?? letter);
}

/** Letters that Unicode does not decompose. */
const LETTERS: Record<string, string> = Object.fromEntries(
  'Ø-O ø-o Ł-L ł-l Đ-D đ-d ß-ss Æ-AE æ-ae Œ-OE œ-oe ı-i Þ-Th þ-th Ð-D ð-d'
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
 * Text as it is given to `to_tsvector`. `/` and hyphens become spaces, for Postgres reads `PPO/GRPO` as one token, a path;
 * and so do `<` and `>`, between which it reads a tag and drops it.
 */
export function searchable(text: string): string {
  return fold(text).replace(/[/<>\p{Pd}]/gu, ' ');
}

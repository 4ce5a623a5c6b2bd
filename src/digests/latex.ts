import { raised, readableMath, symbol } from './math.ts';

/**
 * LaTeX in a title or summary as readable text: `$\ell_2$` → ℓ₂, `\emph{x}` → x, `Fr\'echet` → Fréchet. Math with
 * anything that has no such form (`\frac`) stays as it was, and so does all other text: `$5 and $10` is money. Sources
 * drop dollars and backslashes, so what is left of math without them is read too: `T^2PO` → T²PO.
 * Never throws.
 */
export function readable(text: string): string {
  if (!/[\\$^`]| --/.test(text)) return text;
  const source = text.replace(STYLED_MATH, '$1');
  let out = '';
  let at = 0;
  for (const found of source.matchAll(MATH)) {
    const [whole] = found;
    const body = found[1] ?? found[2] ?? found[3] ?? found[4] ?? '';
    const end = found.index + whole.length;
    out += prose(source.slice(at, found.index));
    out += (isMoney(body, source.slice(end, end + 2)) ? null : readableMath(body)) ?? whole;
    at = end;
  }
  return out + prose(source.slice(at));
}

const STYLE = String.raw`\\(?:textbf|textit|textsc|texttt|textrm|textsf|textsl|textnormal|text|emph|underline|mathrm|mbox)`;
const STYLED = new RegExp(String.raw`${STYLE}\{([^{}]*)\}`, 'g');
/** `\textbf{$\tau$-Bench}`: the braces hold math, which may have braces of its own. */
const STYLED_MATH = new RegExp(
  String.raw`${STYLE}\{([^{}$]{0,300}(?:\$[^$]{1,300}\$[^{}$]{0,300}){1,9})\}`,
  'g',
);

/** Pandoc's rule: no space within the dollars, no digit behind them. */
const MATH =
  /\$\$([^$]{1,300})\$\$|(?<![\\$])\$(?![\s$])([^$]{1,300})(?<![\s\\])\$(?![\d$])|\\\((.{1,300}?)\\\)|\\\[(.{1,300}?)\\\]/gs;

/** `$5/$M`, `$20 a month or 30$`. */
function isMoney(body: string, after: string): boolean {
  if (/^\d/.test(body) && /^\p{L}/u.test(after)) return true;
  return !/[\\^_={}]/.test(body) && / /.test(body) && /\p{L}{3}/u.test(body);
}

/** What authors write outside of math: styles, escaped signs, accents, a few symbols. */
function prose(text: string): string {
  const plain = bare(text);
  if (!plain.includes('\\')) return plain;
  return plain
    .replace(STYLED, '$1')
    .replace(/(?<=\p{L})\\'s(?!\p{L})/gu, "'s")
    .replace(BRACED_ACCENT, accented)
    .replace(BARE_ACCENT, accented)
    .replace(/\{\\(aa|AA|ae|AE|oe|OE|ss|o|O|l|L|i)\s?\}/g, (all, name) => LETTERS[name] ?? all)
    .replace(/\{\\deg\}|\\deg(?![A-Za-z])/g, '°')
    .replace(/\\(times|pm|sim|approx|leq|geq|rightarrow)(?![A-Za-z])/g, (all, name) => symbol(name) ?? all)
    .replace(/\\(textgreater|textless|LaTeX|TeX)(?![A-Za-z])(?:\{\})?/g, (all, name) => WORDS[name] ?? all)
    .replace(/\\([%&$#_{}])/g, '$1')
    .replace(/\\[ ,]/g, ' ');
}

/** What needs no backslash: raised numbers, degrees, dashes, quotation marks. */
function bare(text: string): string {
  return text
    .replace(/(?<=\d ?)\^(?:\{\\?circ\}|\\?circ(?![A-Za-z]))/g, '°')
    .replace(
      /(?<=[\p{L}\p{N})\]])\^(?:\{([-−]?\d{1,3})\}|(\d{1,3})(?![\d.]\d))/gu,
      (all, braced, digits) => raised(braced ?? digits) ?? all,
    )
    .replace(/(?<=\s)--(?=\s)/g, '–')
    .replace(/(?<=\s)---(?=\s)/g, '—')
    .replace(/``([^`'"]{1,200})''/g, '“$1”');
}

const WORDS: Record<string, string> = { textgreater: '>', textless: '<', LaTeX: 'LaTeX', TeX: 'TeX' };
const LETTERS: Record<string, string> = {
  aa: 'å',
  AA: 'Å',
  ae: 'æ',
  AE: 'Æ',
  oe: 'œ',
  OE: 'Œ',
  ss: 'ß',
  o: 'ø',
  O: 'Ø',
  l: 'ł',
  L: 'Ł',
  i: 'ı',
};

/** `\"o`, `\"{o}`, `\'{\i}`, `\c{c}`, `\c c`. */
const ARGUMENT = String.raw`(?:\{\\?(\p{L})\}|\\(\p{L})(?!\p{L})|(\p{L}))`;
const ACCENT = String.raw`\\(?:(["'\x60^~=.])\s?|([cvuHkr])(?:\s|(?=\{)))${ARGUMENT}`;
const BRACED_ACCENT = new RegExp(String.raw`\{${ACCENT}\}`, 'gu');
const BARE_ACCENT = new RegExp(ACCENT, 'gu');
const MARKS: Record<string, string> = {
  '"': '\u0308',
  "'": '\u0301',
  '`': '\u0300',
  '^': '\u0302',
  '~': '\u0303',
  '=': '\u0304',
  '.': '\u0307',
  c: '\u0327',
  v: '\u030C',
  u: '\u0306',
  H: '\u030B',
  k: '\u0328',
  r: '\u030A',
};

/** As it was when Unicode has no such letter: `\.\b` is no accent. */
function accented(all: string, ...groups: unknown[]): string {
  const [mark, letter] = groups.filter((group) => typeof group === 'string');
  const joined = `${letter}${MARKS[String(mark)]}`.normalize('NFC');
  return [...joined].length === 1 ? joined : all;
}

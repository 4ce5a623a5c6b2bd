import * as unicodeit from 'unicodeit/ts_dist/js/data.js';

/**
 * The inside of a LaTeX formula as one line of text: `\tilde{O}(\varepsilon^{-2})` → Õ(ε⁻²). The symbols are
 * unicodeit's; its own replace() is not used, which reads `\log` as `\l` and "og". Null when a part of the formula
 * (`\frac`, an unknown command, unbalanced braces) has no readable form.
 */
export function readableMath(tex: string): string | null {
  const tokens = tex.match(/\\[A-Za-z]+|\\.|./gsu) ?? [];
  let at = 0;

  const sequence = (end: '}' | null): string | null => {
    let out = '';
    while (at < tokens.length && tokens[at] !== end) {
      const next = atom();
      if (next === null) return null;
      out += next;
    }
    if (end !== null && tokens[at++] !== end) return null;
    return out;
  };

  const atom = (): string | null => {
    const token = tokens[at++];
    if (token === undefined || token === '}') return null;
    if (token === '{') return sequence('}');
    if (token === '_' || token === '^') return script(token, argument());
    if (token === '~') return ' ';
    return token.startsWith('\\') ? command(token.slice(1)) : token;
  };

  const argument = (): string | null => {
    while (tokens[at] === ' ') at++;
    return atom();
  };

  const command = (name: string): string | null => {
    if (FUNCTIONS.has(name)) return BEFORE + name + AFTER;
    if (STYLES.has(name)) return argument();
    if (ALPHABETS.has(name)) return lettered(name, argument());
    if (name === 'sqrt') return root(argument());
    const mark = accents.get(name);
    if (mark !== undefined) return marked(argument(), mark);
    return OWN[name] ?? symbols.get(name) ?? null;
  };

  const out = sequence(null);
  if (out === null || out.includes('\\')) return null;
  return out
    .replace(/(?<=[\p{L}\p{N})\]\uFDD1])\uFDD0|\uFDD1(?=[\p{L}\p{N}])/gu, ' ')
    .replace(EDGES, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Stand around a function's name until it is known whether a space is wanted there: noncharacters, for such use. */
const BEFORE = '\uFDD0';
const AFTER = '\uFDD1';
const EDGES = /[\uFDD0\uFDD1]/g;

const words = (text: string) => new Set(text.split(' '));
const FUNCTIONS = words(
  'log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh min max argmin argmax arg sup inf lim ' +
    'limsup liminf det dim ker deg gcd Pr mod bmod hom rank tr',
);
/** Commands of the look alone: their argument is read as it is. */
const STYLES = words(
  'text textbf textit textsc texttt textrm textsf textsl textnormal emph mbox underline boldsymbol bm ' +
    'mathrm mathbf mathit mathsf mathtt mathnormal mathop operatorname',
);
const ALPHABETS = words('mathbb mathcal mathscr mathfrak');
const OWN: Record<string, string> = {
  ...Object.fromEntries([...', ; :', 'quad', 'qquad', 'enspace', 'thinspace'].map((name) => [name, ' '])),
  ...Object.fromEntries([...'%&$#_{}'].map((name) => [name, name])),
  ...Object.fromEntries(
    [
      ...words('left right big Big bigl bigr Bigl Bigr bigg Bigg limits nolimits displaystyle textstyle !'),
    ].map((name) => [name, '']),
  ),
  '|': '‖',
  dots: '…',
  ldots: '…',
  lbrace: '{',
  rbrace: '}',
};

const pairs = (table: string[][]) => table as [string, string][];
const symbols = new Map(
  pairs(unicodeit.replacements)
    .filter(([tex]) => /^\\[A-Za-z]+$/.test(tex))
    .map(([tex, sign]) => [tex.slice(1), sign]),
);
const letters = new Map(pairs(unicodeit.replacements).filter(([tex]) => /^\\math\w+\{.\}$/.test(tex)));
const accents = new Map([
  ...pairs(unicodeit.combiningmarks).map(([tex, mark]) => [tex.slice(1), mark] as const),
  ['widehat', '\u0302'] as const,
  ['widetilde', '\u0303'] as const,
]);
/** Without those that only look alike: a Hangul letter for ^V, a Canadian syllable for the dot. */
const scripts = new Map([
  ...pairs(unicodeit.subsuperscripts).filter(([tex]) => !/^(\^[V.<>∫]|_[<>])$/.test(tex)),
  ['^⊤', 'ᵀ'] as const,
  // Between raised or lowered digits, as in π₀.₅.
  ['_.', '.'] as const,
  ['^.', '.'] as const,
]);

/** The sign of a command that needs no argument, such as `varepsilon`. */
export const symbol = (name: string): string | undefined => symbols.get(name);

/** A text above the line, `2` → ²; null when Unicode has no such signs. */
export function raised(text: string): string | null {
  const moved = [...text].map((char) => scripts.get(`^${char}`));
  return moved.every((char) => char !== undefined) ? moved.join('') : null;
}

function script(sign: string, body: string | null): string | null {
  const text = body?.replace(EDGES, '').trim();
  if (!text) return null;
  if (sign === '^' && /^[′″*†‡]+$/u.test(text)) return text;
  if (sign === '^' && /^[∘°]$/u.test(text)) return '°';
  const moved = [...text].map((char) => scripts.get(sign + char));
  if (text !== '.' && moved.every((char) => char !== undefined)) return moved.join('');
  return /^(.|[\p{L}\p{N}]+)$/u.test(text) ? sign + text : `${sign}(${text})`;
}

function root(body: string | null): string | null {
  if (body === null) return null;
  return /^(.|\p{N}+)$/u.test(body) ? `√${body}` : `√(${body})`;
}

function lettered(alphabet: string, body: string | null): string | null {
  const found = [...(body?.trim() ?? '')].map((char) => letters.get(`\\${alphabet}{${char}}`));
  return found.length > 0 && found.every((char) => char !== undefined) ? found.join('') : null;
}

function marked(body: string | null, mark: string): string | null {
  const letter = body?.trim() ?? '';
  return [...letter].length === 1 ? (letter + mark).normalize('NFC') : null;
}

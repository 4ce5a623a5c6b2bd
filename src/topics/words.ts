/**
 * The words that say nothing: Postgres' `english.stop`, which is what its dictionary drops. Kept here too so that a
 * topic of such words only can be refused without asking the database.
 */
const stopWords = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its
  itself they them their theirs themselves what which who whom this that these those am is are was were be been being have
  has had having do does did doing a an the and but if or because as until while of at by for with about against between
  into through during before after above below to from up down in out on off over under again further then once here there
  when where why how all any both each few more most other some such no nor not only own same so than too very s t can will
  just don should now`.split(/\s+/),
);

/** A word is letters and digits, joined by single `. ' _ + # -`, and may end in `+` or `#` (`c++`); or it is `A*`. */
const word =
  /a\*(?![\p{L}\p{N}*])|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[.'_+#-][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*[+#]*/giu;

/** The words of a text as they stand in it; all else (brackets, commas, markup, emoji) only parts them. */
export const wordsOf = (text: string): string[] => text.match(word) ?? [];

/** Hyphenated words are several: "vision-language" is looked for as "vision" and "language". */
export const partsOf = (text: string): string[] => text.split(/[-\s]+/).filter(Boolean);

/** True when Postgres would drop every word of the text. */
export const saysNothing = (text: string): boolean =>
  (text.match(/[\p{L}\p{N}\p{M}*]+/gu) ?? []).every((part) => stopWords.has(part.toLowerCase()));

/**
 * One line of plain text: no control characters (NUL among them), lone surrogates, or marks that are not seen
 * (zero width, bidirectional overrides); typographic quotes and dashes as a keyboard types them; NFC.
 */
export const clean = (text: string): string =>
  text
    .replace(/[“”„‟«»＂″]/g, '"')
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim()
    .normalize('NFC');

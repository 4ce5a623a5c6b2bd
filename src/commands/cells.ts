/** A cell that a spreadsheet would run as a formula is made text by an apostrophe before it (CWE-1236). */
export const escapeFormula = (cell: string): string =>
  /^'*[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell;

/** Takes off what `escapeFormula` put on, and nothing else. */
export const unescapeFormula = (cell: string): string =>
  /^'+[=+\-@\t\r＝＋－＠]/.test(cell) ? cell.slice(1) : cell;

/** The topics between semicolons. One within quotation marks is the topic's own; what is empty is no topic. */
export const splitTopics = (text: string): string[] =>
  (text.match(/(?:"[^"]*"|[^;])+/g) ?? []).map((topic) => topic.trim()).filter(Boolean);

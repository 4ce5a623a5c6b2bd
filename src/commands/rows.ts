import { CsvError, parse } from 'csv-parse/sync';

/** A row of a CSV file as written, by the number of its first line: its cells, or what is wrong with it. */
export type Row = { line: number; text: string } & ({ cells: string[] } | { problem: string });

/** A row is no longer than this, in characters and in lines. */
const MOST_CHARACTERS = 64 * 1024;
const MOST_LINES = 20;

/**
 * Reads CSV (RFC 4180) as it comes in. A row that cannot be read spoils no other: a quotation mark that is never closed
 * ends with its line, which csv-parse alone would take to reach to the end of the file.
 */
export async function* readRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  const lines = linesOf(chunks);
  const ahead: string[] = [];
  const has = async (count: number) => {
    while (ahead.length < count) {
      const next = await lines.next();
      if (next.done) return false;
      ahead.push(next.value);
    }
    return true;
  };
  for (let line = 1; await has(1); ) {
    let taken = 1;
    let read = readRow(ahead[0] ?? '');
    while (read === 'open' && taken < MOST_LINES && (await has(taken + 1))) {
      if (STARTS_A_ROW.test(ahead[taken] ?? '')) break;
      taken++;
      read = readRow(ahead.slice(0, taken).join('\n'));
    }
    if (typeof read === 'string') {
      taken = 1;
      yield { line, text: ahead[0] ?? '', problem: PROBLEMS[read] };
    } else if (read.length > 0) yield { line, text: ahead.slice(0, taken).join('\n'), cells: read };
    ahead.splice(0, taken);
    line += taken;
  }
}

/** No topic reads like this: an address and a comma. */
const STARTS_A_ROW = /^\s*"?[^\s,;"]+@[^\s,;"]+"?\s*,/;

type Trouble = 'open' | 'broken' | 'long' | 'foreign';
const MISPLACED =
  'a quotation mark is out of place; a cell that has one stands in quotation marks, with each of its own doubled';
const PROBLEMS: Record<Trouble, string> = {
  open: MISPLACED,
  broken: MISPLACED,
  long: `the row is longer than ${MOST_CHARACTERS} characters`,
  foreign: 'the file is not UTF-8 text: save it as UTF-8',
};

/** What stands for bytes that are not UTF-8, and what UTF-16 has between its letters. */
const FOREIGN = /[\uFFFD\0]/;

/** Nothing for a blank line; `open` while a quotation mark waits for its partner. */
function readRow(text: string): string[] | Trouble {
  if (text.length > MOST_CHARACTERS) return 'long';
  if (FOREIGN.test(text)) return 'foreign';
  try {
    const [cells = []] = parse(text, {
      trim: true,
      relax_quotes: true,
      skip_empty_lines: true,
      record_delimiter: '\n',
    });
    return cells;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
  }
}

/** Of a line that is too long only so much is kept that it is seen to be. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    // What ends in CR may be half of CRLF.
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MOST_CHARACTERS) rest = rest.slice(0, MOST_CHARACTERS + 1);
    for (const line of lines) yield withoutMark(line);
  }
  yield withoutMark(rest);
}

const withoutMark = (line: string) => line.replace(/^\uFEFF+/, '');

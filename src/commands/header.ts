import type { Row } from './rows.ts';

/** The columns of both files; an import needs the first two. Topics are separated by semicolons. */
export const COLUMNS = [
  'email',
  'topics',
  'timeZone',
  'sendHour',
  'frequency',
  'maxPapers',
  'trending',
  'popularity',
] as const;

export type Header =
  | { ok: true; names: string[]; passedOver: string[] }
  /** The problem is a sentence. */
  | { ok: false; problem: string };

/** Reads the names of the columns, however they are written: `timeZone` may be `Time zone` or `time_zone`. */
export function readHeader(row: Row | undefined): Header {
  if (row && 'problem' in row)
    return { ok: false, problem: `The first line cannot be read: ${row.problem}.` };
  const names = (row?.cells ?? []).map((cell) => KNOWN.get(plain(cell)) ?? cell);
  const known = names.filter((name) => KNOWN.has(plain(name)));
  const twice = known.find((name, at) => known.indexOf(name) < at);
  if (!known.includes('email') || !known.includes('topics')) return { ok: false, problem: INCOMPLETE };
  if (twice) return { ok: false, problem: `The first line names the column ${twice} twice.` };
  return {
    ok: true,
    names,
    passedOver: names.filter((name) => name && !known.includes(name) && !BESIDE.includes(name)),
  };
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');

const KNOWN = new Map([...COLUMNS, 'status'].map((name) => [plain(name), name]));
/** What stands before the columns in a file of bad rows is for people; twice in one that was mended in part. */
const BESIDE = ['line', 'problem'];

const INCOMPLETE = 'The first line must name the columns, email and topics among them, with commas between.';

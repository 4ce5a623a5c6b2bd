import { SubscriberStatus } from '../generated/enums.ts';
import { parseSignUp, type SignUp } from '../subscribers/subscribe.ts';
import type { Problem } from '../subscribers/subscriber.ts';
import { splitTopics, unescapeFormula } from './cells.ts';
import { COLUMNS } from './header.ts';
import type { Row } from './rows.ts';

/** A row of an import, and what it was judged to be. */
export type Entry = { row: Row } & Judged;

/** A sign-up, or what is wrong. `inactive`: its own status says that mail is not wanted, or not yet. */
type Judged =
  | { ok: true; signUp: SignUp }
  | { ok: true; became: 'inactive' }
  | { ok: false; problems: string[] };

export async function* entries(header: string[], rows: AsyncIterable<Row>): AsyncGenerator<Entry> {
  for await (const row of rows) {
    if ('problem' in row) yield { row, ok: false, problems: [row.problem] };
    else if (row.cells.slice(header.length).some(Boolean))
      yield { row, ok: false, problems: [tooMany(row.cells.length, header.length)] };
    else {
      const cells = header.map((name, at) => [name, unescapeFormula(row.cells[at] ?? '')]);
      yield { row, ...judge(Object.fromEntries(cells)) };
    }
  }
}

function judge(record: Record<string, string>): Judged {
  const status = record.status?.toLowerCase() || SubscriberStatus.active;
  if (!Object.hasOwn(SubscriberStatus, status)) return { ok: false, problems: [UNKNOWN_STATUS] };
  if (status !== SubscriberStatus.active) return { ok: true, became: 'inactive' };
  const parsed = parseSignUp(fieldsOf(record));
  return parsed.ok ? parsed : { ok: false, problems: parsed.problems.map(sentence) };
}

const UNKNOWN_STATUS = `status: One of ${Object.keys(SubscriberStatus).join(', ')}; only who is active is signed up.`;

/** Groups of entries that may be taken in together: each of another address, so that of one they stay in the file's order. */
export async function* inGroups(all: AsyncIterable<Entry>, most: number): AsyncGenerator<Entry[]> {
  let group = new Map<unknown, Entry>();
  for await (const entry of all) {
    const key = 'signUp' in entry ? entry.signUp.address.key : entry;
    if (group.size === most || group.has(key)) {
      yield [...group.values()];
      group = new Map();
    }
    group.set(key, entry);
  }
  if (group.size > 0) yield [...group.values()];
}

export const sentence = ({ field, message }: Problem): string => `${field}: ${message}`;

const tooMany = (cells: number, names: number) =>
  `${cells} cells, but the first line names ${names}; a cell with a comma stands in quotation marks`;

/** What a cell leaves empty keeps its default. */
function fieldsOf(record: Record<string, string>): Record<string, unknown> {
  const cells = COLUMNS.flatMap((column) => (record[column] ? [[column, record[column]] as const] : []));
  const { topics = '', ...rest } = Object.fromEntries(cells);
  return { email: '', ...rest, topics: splitTopics(topics) };
}

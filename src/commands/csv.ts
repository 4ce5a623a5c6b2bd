import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { getSystemErrorMessage } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import type { App } from '../app.ts';
import { parseSignUp, subscribe } from '../subscribers/subscribe.ts';
import { escapeFormula, splitTopics, unescapeFormula } from './cells.ts';
import type { Run } from './command.ts';
import { type Row, readRows } from './rows.ts';
import { printable } from './text.ts';

/** The columns of both files; an import needs the first two. Topics are separated by semicolons. */
const COLUMNS = [
  'email',
  'topics',
  'timeZone',
  'sendHour',
  'frequency',
  'maxPapers',
  'trending',
  'popularity',
] as const;

/**
 * Signs up everybody in a CSV file, read as a stream. Each gets a confirmation, like anyone who signs up. Bad rows are
 * named by line and left out; the rest goes in. Whatever ends it early, what went in before is told.
 */
export const runImport =
  (file: string): Run =>
  async (app, terminal) => {
    const report: Report = { accepted: 0, bad: [] };
    const bar = terminal.progress('import');
    try {
      const { size } = await stat(file);
      const source = createReadStream(file, 'utf8');
      await importRows(app, readRows(source), report, () => bar.update(source.bytesRead, size));
    } catch (error) {
      report.stopped = whyStopped(file, error);
    } finally {
      bar.stop();
    }
    const { accepted, bad, stopped } = report;
    return {
      data: report,
      lines: [
        ...bad.map(({ line, problems }) => `line ${line}: ${printable(problems.join('; '))}`),
        ...(stopped ? [printable(stopped)] : []),
        `${accepted} accepted, ${bad.length} bad row${bad.length === 1 ? '' : 's'}. Confirmations go to addresses that have no subscription.`,
      ],
      failed: stopped !== undefined || (accepted === 0 && bad.length > 0),
    };
  };

type Report = {
  accepted: number;
  bad: { line: number; problems: string[] }[];
  /** Why the rest of the file was not read. */
  stopped?: string;
};

async function importRows(
  app: App,
  rows: AsyncGenerator<Row>,
  report: Report,
  onRow: () => void,
): Promise<void> {
  let header: string[] | undefined;
  for await (const row of rows) {
    if (!header) {
      header = 'cells' in row ? row.cells : [];
      if (!header.includes('email') || !header.includes('topics')) break;
      continue;
    }
    const problems = 'cells' in row ? await importRow(app, header, row.cells) : [row.problem];
    if (problems.length === 0) report.accepted++;
    else report.bad.push({ line: row.line, problems });
    onRow();
  }
  if (!header?.includes('email') || !header.includes('topics'))
    report.stopped =
      'The first line must name the columns, email and topics among them, with commas between.';
}

/** Gives what is wrong with the row; nothing when it went in. */
async function importRow(app: App, header: string[], cells: string[]): Promise<string[]> {
  if (cells.slice(header.length).some(Boolean))
    return [
      `${cells.length} cells, but the first line names ${header.length}; a cell with a comma stands in quotation marks`,
    ];
  const parsed = parseSignUp(
    fieldsOf(Object.fromEntries(header.map((name, at) => [name, unescapeFormula(cells[at] ?? '')]))),
  );
  const outcome = parsed.ok ? await subscribe(app, parsed.signUp) : parsed;
  return outcome.ok ? [] : outcome.problems.map(({ field, message }) => `${field}: ${message}`);
}

/** What a cell leaves empty keeps its default. */
function fieldsOf(record: Record<string, string>): Record<string, unknown> {
  const cells = COLUMNS.flatMap((column) => (record[column] ? [[column, record[column]] as const] : []));
  const { topics = '', ...rest } = Object.fromEntries(cells);
  return { email: '', ...rest, topics: splitTopics(topics) };
}

function whyStopped(file: string, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('syscall' in error && 'errno' in error && typeof error.errno === 'number')) return error.message;
  return `${file} cannot be read: ${getSystemErrorMessage(error.errno)}.`;
}

/** Writes every subscriber, a thousand at a time: as CSV, or as JSON lines. Ends early when nobody reads any more. */
export const runExport =
  (out: Writable): Run =>
  async (app, { json }) => {
    if (!json) out.write(stringify([[...COLUMNS, 'status', 'createdAt', 'confirmedAt']]));
    for (
      let page = await readPage(app, '');
      page.length > 0 && !out.errored;
      page = await readPage(app, page.at(-1)?.id ?? '')
    ) {
      const rows = page.map(exported);
      out.write(json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : stringify(rows.map(cellsOf)));
    }
    return { lines: [] };
  };

const exported = ({ topics, ...s }: Awaited<ReturnType<typeof readPage>>[number]) => ({
  email: s.email,
  topics: topics.map(({ topic }) => topic.query),
  timeZone: s.timeZone,
  sendHour: s.sendHour,
  frequency: s.frequency,
  maxPapers: s.maxPapers,
  trending: s.trending,
  popularity: s.popularity,
  status: s.status,
  createdAt: s.createdAt.toISOString(),
  confirmedAt: s.confirmedAt?.toISOString() ?? null,
});

const cellsOf = (row: ReturnType<typeof exported>): string[] =>
  Object.values({ ...row, topics: row.topics.join('; ') }).map((value) => escapeFormula(String(value ?? '')));

const readPage = ({ db }: App, after: string) =>
  db.subscriber.findMany({
    ...(after ? { where: { id: { gt: after } } } : {}),
    orderBy: { id: 'asc' },
    take: 1000,
    include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } },
  });

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import type { App } from '../app.ts';
import { parseSignUp, subscribe } from '../subscribers/subscribe.ts';
import { printable, type Run } from './command.ts';

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
 * named by line and left out; the rest goes in.
 */
export const runImport =
  (file: string): Run =>
  async (app, terminal) => {
    const { size } = await stat(file);
    const bar = terminal.progress('import');
    const rows = createReadStream(file).pipe(
      parse({
        columns: true,
        bom: true,
        trim: true,
        skip_empty_lines: true,
        relax_column_count: true,
        info: true,
      }),
    );
    const report = { accepted: 0, bad: [] as { line: number; problems: string[] }[] };
    for await (const { record, info } of rows as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number; bytes: number };
    }>) {
      const parsed = parseSignUp(fieldsOf(record));
      const outcome = parsed.ok ? await subscribe(app, parsed.signUp) : parsed;
      if (outcome.ok) report.accepted++;
      else
        report.bad.push({
          line: info.lines,
          problems: outcome.problems.map(({ field, message }) => `${field}: ${message}`),
        });
      bar.update(info.bytes, size);
    }
    bar.stop();
    return {
      data: report,
      lines: [
        ...report.bad.map(({ line, problems }) => `line ${line}: ${printable(problems.join('; '))}`),
        `${report.accepted} accepted, ${report.bad.length} bad rows. Confirmations go to addresses that have no subscription.`,
      ],
      failed: report.accepted === 0 && report.bad.length > 0,
    };
  };

/** What a cell leaves empty keeps its default. */
function fieldsOf(record: Record<string, string>): Record<string, unknown> {
  const cells = COLUMNS.flatMap((column) => (record[column] ? [[column, record[column]] as const] : []));
  const { topics = '', ...rest } = Object.fromEntries(cells);
  return {
    email: '',
    ...rest,
    topics: topics
      .split(';')
      .map((topic) => topic.trim())
      .filter(Boolean),
  };
}

/** Every subscriber on standard output, a thousand at a time: as CSV, or as JSON lines. */
export const runExport: Run = async (app, { json }) => {
  if (!json) process.stdout.write(stringify([[...COLUMNS, 'status', 'createdAt', 'confirmedAt']]));
  for (
    let page = await readPage(app, '');
    page.length > 0;
    page = await readPage(app, page.at(-1)?.id ?? '')
  ) {
    const rows = page.map(exported);
    process.stdout.write(
      json
        ? rows.map((row) => `${JSON.stringify(row)}\n`).join('')
        : // A cell that a spreadsheet would run as a formula is made text (CWE-1236).
          stringify(
            rows.map((row) => Object.values({ ...row, topics: row.topics.join('; ') })),
            { escape_formulas: true },
          ),
    );
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
  trending: String(s.trending),
  popularity: s.popularity,
  status: s.status,
  createdAt: s.createdAt.toISOString(),
  confirmedAt: s.confirmedAt?.toISOString() ?? '',
});

const readPage = ({ db }: App, after: string) =>
  db.subscriber.findMany({
    ...(after ? { where: { id: { gt: after } } } : {}),
    orderBy: { id: 'asc' },
    take: 1000,
    include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } },
  });

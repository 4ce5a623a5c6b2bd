import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { App } from '../app.ts';
import { asWritten, inOrder } from '../subscribers/topics.ts';
import { escapeFormula } from './cells.ts';
import type { Run } from './command.ts';
import { COLUMNS } from './header.ts';

/** Writes every subscriber, a thousand at a time: as CSV, or as JSON lines. Ends early when nobody reads any more. */
export const runExport =
  (out: Writable): Run =>
  async (app, { json }) => {
    if (!json) out.write(stringify([[...COLUMNS, 'status', 'createdAt', 'confirmedAt', 'consent']]));
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
  topics: asWritten(topics).map(({ query }) => query),
  timeZone: s.timeZone,
  sendHour: s.sendHour,
  frequency: s.frequency,
  maxPapers: s.maxPapers,
  trending: s.trending,
  popularity: s.popularity,
  status: s.status,
  createdAt: s.createdAt.toISOString(),
  confirmedAt: s.confirmedAt?.toISOString() ?? null,
  consent: s.consent,
});

const cellsOf = (row: ReturnType<typeof exported>): string[] =>
  Object.values({ ...row, topics: row.topics.join('; ') }).map((value) => escapeFormula(String(value ?? '')));

const readPage = ({ db }: App, after: string) =>
  db.subscriber.findMany({
    ...(after ? { where: { id: { gt: after } } } : {}),
    orderBy: { id: 'asc' },
    take: 1000,
    include: { topics: inOrder },
  });

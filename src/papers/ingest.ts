import type { App } from '../app.ts';
import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import * as arxiv from './arxiv.ts';
import * as huggingface from './huggingface.ts';
import type { BadRecord, SourceDay, SourceName } from './paper.ts';
import { SourceError, type Wait } from './request.ts';
import { storePapers } from './store.ts';
import { clean } from './text.ts';

export type IngestReport = {
  source: SourceName;
  date: Day;
  /** `empty`: it answered, but lists nothing on that day. `failed`: `error` says why; what could be read went in. */
  outcome: 'ok' | 'empty' | 'failed';
  /** How many papers went in. */
  papers: number;
  /** How many records could not be read, and the first 20 of them. */
  bad: number;
  problems: BadRecord[];
  error?: string;
};

export type IngestOptions = {
  /** Papers written, of those that the source sent. */
  onProgress?: (progress: { source: SourceName; done: number; total: number }) => void;
  wait?: Wait;
};

const fetchDay: Record<SourceName, (app: App, day: Day, options: { wait?: Wait }) => Promise<SourceDay>> = {
  huggingface: huggingface.fetchDay,
  arxiv: arxiv.fetchDay,
};

/**
 * Reads every configured source's list of a day into papers and signals, and remembers how it went. A source that
 * fails leaves what it brought before and is reported; the others are read all the same. Can be repeated at any time.
 *
 * @throws only when the database is away
 */
export async function ingest(
  app: App,
  { date }: { date: Day },
  options: IngestOptions = {},
): Promise<IngestReport[]> {
  const reports: IngestReport[] = [];
  for (const source of app.config.sources) reports.push((await ingestDay(app, source, date, options)).report);
  return reports;
}

/**
 * What the timetable calls: reads Hugging Face for every day of the edition's window, today first, because votes go on
 * changing, and arXiv for today. Once a source cannot be reached, it is not asked for the other days.
 */
export async function ingestWindow(app: App, options: IngestOptions = {}): Promise<IngestReport[]> {
  const today = dayOf(app.now());
  const reports: IngestReport[] = [];
  for (const source of app.config.sources) {
    const days = source === 'huggingface' ? app.config.editionWindowDays : 1;
    let away: string | undefined;
    for (let ago = 0; ago < days; ago++) {
      const { report, unreachable } = await ingestDay(app, source, addDays(today, -ago), options, away);
      if (unreachable) away ??= report.error;
      reports.push(report);
    }
  }
  return reports;
}

async function ingestDay(
  app: App,
  source: SourceName,
  date: Day,
  options: IngestOptions,
  away?: string,
): Promise<{ report: IngestReport; unreachable: boolean }> {
  const { db, now, log } = app;
  const startedAt = now();
  const { id } = await db.ingest.create({ data: { source, date: startOf(date), startedAt } });
  const fetched = away
    ? { error: `Not tried. ${away}`, away: true }
    : await attempt(app, source, date, options);
  const report =
    'error' in fetched
      ? { source, date, outcome: 'failed' as const, papers: 0, bad: 0, problems: [], error: fetched.error }
      : await store(app, { source, date, startedAt, ...fetched }, options);
  const { outcome, papers, bad, problems, error = null } = report;
  await db.ingest.update({
    where: { id },
    data: { finishedAt: now(), outcome, papers, bad, problems, error },
  });
  log[outcome === 'failed' ? 'warn' : 'info']({ source, date, outcome, papers, bad, error }, 'source read');
  return { report, unreachable: 'error' in fetched && fetched.away };
}

type Failure = { error: string; away: boolean };

async function attempt(
  app: App,
  source: SourceName,
  date: Day,
  { wait }: IngestOptions,
): Promise<SourceDay | Failure> {
  try {
    return await fetchDay[source](app, date, wait ? { wait } : {});
  } catch (error) {
    if (error instanceof SourceError) return { error: error.message, away: error.away };
    app.log.error({ err: error, source, date }, 'source could not be read');
    return { error: clean(`Paperboy could not read it: ${error}`, 500), away: false };
  }
}

async function store(
  app: App,
  {
    source,
    date,
    startedAt,
    papers,
    bad,
    doubt,
  }: SourceDay & { source: SourceName; date: Day; startedAt: Date },
  { onProgress }: IngestOptions,
): Promise<IngestReport> {
  const total = papers.length;
  onProgress?.({ source, done: 0, total });
  const { stored, bad: refused } = await storePapers(app, papers, {
    measuredAt: startedAt,
    onProgress: (done) => onProgress?.({ source, done, total }),
  });
  const problems = [...bad, ...refused];
  const error = doubt ?? (problems.length > 0 && stored === 0 ? 'Not one record could be read.' : undefined);
  const listed = papers.some(({ listedOn }) => listedOn === date);
  return {
    source,
    date,
    outcome: error ? 'failed' : listed ? 'ok' : 'empty',
    papers: stored,
    bad: problems.length,
    problems: problems.slice(0, 20),
    ...(error ? { error } : {}),
  };
}

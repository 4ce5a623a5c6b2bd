import type { App } from '../app.ts';
import { sendingState } from '../delivery/breaker.ts';
import { inWords } from '../delivery/watch/in-words.ts';
import { addDays, dayOf } from '../lib/day.ts';
import { Prisma } from '../lib/db.ts';
import { departuresSince } from '../subscribers/departures.ts';
import type { Run } from './command.ts';
import { editionLines, editionStatus } from './status-edition.ts';
import { counted, minute, printable, table } from './text.ts';

/** The state of the house on one screen: sources, the latest edition and its ledger, readers. */
export const runStatus: Run = async (app) => {
  const { db } = app;
  const readings = await latestReadings(app);
  const editions = await editionStatus(app);
  const subscribers = await db.subscriber.groupBy({
    by: ['status'],
    _count: true,
    orderBy: { status: 'asc' },
  });
  const sending = await sendingState(app);
  const letters = await db.letter.count({ where: { status: { in: ['queued', 'sending'] } } });
  const departures = await departuresSince(app, addDays(dayOf(app.now()), -DAYS_OF_DEPARTURES));
  const data = {
    sources: readings.newest.map(shown),
    failures: readings.failed.map(shown),
    ...editions,
    subscribers: Object.fromEntries(subscribers.map(({ status, _count }) => [status, _count])),
    departures,
    lettersWaiting: letters,
    sending,
  };
  return {
    data,
    lines: [
      ...sendingLines(sending),
      ...(data.sources.length > 0
        ? [...data.sources.map(sourceLine), ...failureLines(data.failures, data.sources)]
        : ['No source was read yet: paperboy ingest']),
      '',
      ...editionLines(editions),
      '',
      ...table([
        ...Object.entries(data.subscribers).map(([status, count]) => [`${status} subscribers`, count]),
        ['letters waiting', letters],
      ]),
      ...departureLines(departures),
    ],
  };
};

const DAYS_OF_DEPARTURES = 30;

const departureLines = (departures: { reason: string; count: number }[]) =>
  departures.length === 0
    ? []
    : [
        `Why readers left, in ${DAYS_OF_DEPARTURES} days: ${departures.map(({ reason, count }) => `${reason} ${count}`).join(', ')}`,
      ];

function sendingLines(sending: Awaited<ReturnType<typeof sendingState>>): string[] {
  if (sending.state === 'flows') return [];
  if (sending.state === 'paused') return ['Sending is paused: paperboy resume', ''];
  return [`Sending is paused, the mail server refuses us: ${printable(inWords(sending.reason))}`, ''];
}

type Reading = {
  source: string;
  date: Date;
  startedAt: Date;
  finishedAt: Date | null;
  outcome: string | null;
  papers: number;
  bad: number;
  error: string | null;
};

/**
 * Each source's newest reading, of the days that were read at one go that of the latest; and of the readings of the last
 * 24 hours those that failed and were not made good since.
 */
async function latestReadings({ db, now }: App): Promise<{ newest: Reading[]; failed: Reading[] }> {
  const columns = Prisma.sql`source, date, started_at AS "startedAt", finished_at AS "finishedAt", outcome, papers, bad, error`;
  const newest = await db.$queryRaw<Reading[]>`
    SELECT DISTINCT ON (source) ${columns} FROM ingests i
    WHERE started_at > (SELECT max(started_at) FROM ingests WHERE source = i.source) - interval '10 minutes'
    ORDER BY source, date DESC, started_at DESC, id DESC`;
  const recent = await db.$queryRaw<Reading[]>`
    SELECT DISTINCT ON (source, date) ${columns} FROM ingests
    WHERE started_at > ${now()}::timestamptz - interval '24 hours' AND outcome IS NOT NULL
    ORDER BY source, date DESC, started_at DESC, id DESC`;
  return { newest, failed: recent.filter(({ outcome }) => outcome === 'failed') };
}

const shown = ({ source, date, startedAt, finishedAt, outcome, papers, bad, error }: Reading) => ({
  source,
  date: dayOf(date),
  outcome: outcome ?? 'running',
  papers,
  bad,
  error,
  startedAt,
  finishedAt,
});

type Shown = ReturnType<typeof shown>;

const sourceLine = ({ source, date, outcome, papers, bad, error, finishedAt }: Shown) =>
  `${source}: ${outcome} for ${date}, ${counted(papers, 'paper')}${bad ? `, ${bad} bad` : ''}${
    finishedAt ? `, ${outcome === 'failed' ? 'tried' : 'read'} ${minute(finishedAt)}` : ''
  }${error ? ` (${printable(error)})` : ''}`;

/** Days that failed alike are one line: where a source is away none of them is tried. */
function failureLines(failures: Shown[], newest: Shown[]): string[] {
  const others = failures.filter(
    (failure) => !newest.some(({ source, date }) => failure.source === source && failure.date === date),
  );
  const alike = Map.groupBy(others, ({ source, error }) => `${source} ${error}`);
  return [...alike.values()].map(failureLine);
}

function failureLine(alike: Shown[]): string {
  const { source, startedAt, error } = alike[0] as Shown;
  const days = alike.map(({ date }) => date).join(', ');
  return `${source}: failed for ${days}, tried ${minute(startedAt)}${error ? ` (${printable(error)})` : ''}`;
}

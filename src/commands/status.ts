import { accounting } from '../delivery/accounting.ts';
import { printable, type Run, table } from './command.ts';

/** The state of the house on one screen: sources, the latest edition and its ledger, readers. */
export const runStatus: Run = async (app) => {
  const { db } = app;
  const ingests = await db.ingest.findMany({
    orderBy: [{ date: 'desc' }, { startedAt: 'desc' }],
    distinct: ['source'],
  });
  const edition = await db.edition.findFirst({
    orderBy: { date: 'desc' },
    include: { _count: { select: { papers: true, topics: true } } },
  });
  const ledger = edition ? await accounting(db, edition.date) : null;
  const subscribers = await db.subscriber.groupBy({
    by: ['status'],
    _count: true,
    orderBy: { status: 'asc' },
  });
  const breaker = await db.breaker.findFirst({ where: { openUntil: { not: null } } });
  const letters = await db.letter.count({ where: { status: { in: ['queued', 'sending'] } } });
  const data = {
    sources: ingests.map(({ source, date, outcome, papers, bad, error, finishedAt }) => ({
      source,
      date: date.toISOString().slice(0, 10),
      outcome: outcome ?? 'running',
      papers,
      bad,
      error,
      finishedAt,
    })),
    edition: edition && {
      date: edition.date.toISOString().slice(0, 10),
      publishedAt: edition.publishedAt,
      papers: edition._count.papers,
      topics: edition._count.topics,
      notes: edition.notes,
      ledger,
    },
    subscribers: Object.fromEntries(subscribers.map(({ status, _count }) => [status, _count])),
    lettersWaiting: letters,
    sendingPaused: breaker && { until: breaker.openUntil, reason: breaker.reason },
  };
  return {
    data,
    lines: [
      ...(breaker ? [`Sending is paused, the mail server refuses us: ${printable(breaker.reason)}`, ''] : []),
      ...(data.sources.length > 0
        ? data.sources.map(sourceLine)
        : ['No source was read yet: paperboy ingest']),
      '',
      ...(data.edition
        ? [
            `Edition of ${data.edition.date}: ${data.edition.papers} papers, ${data.edition.topics} topics`,
            ...data.edition.notes.map((note) => `  ${printable(note)}`),
            ...(ledger
              ? table([
                  ['  eligible', ledger.eligible, ''],
                  ...ledger.rows.map(({ status, reason, count }) => [
                    `  ${status}`,
                    count,
                    printable(reason ?? ''),
                  ]),
                ])
              : []),
          ]
        : ['No edition is published yet: paperboy publish']),
      '',
      ...table([
        ...Object.entries(data.subscribers).map(([status, count]) => [`${status} subscribers`, count]),
        ['letters waiting', letters],
      ]),
    ],
  };
};

const sourceLine = ({
  source,
  date,
  outcome,
  papers,
  bad,
  error,
  finishedAt,
}: {
  source: string;
  date: string;
  outcome: string;
  papers: number;
  bad: number;
  error: string | null;
  finishedAt: Date | null;
}) =>
  `${source}: ${outcome} for ${date}, ${papers} papers${bad ? `, ${bad} bad` : ''}${
    finishedAt ? `, read ${finishedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''
  }${error ? ` (${printable(error)})` : ''}`;

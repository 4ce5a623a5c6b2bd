import type { App } from '../app.ts';
import { type Accounting, accounting } from '../delivery/watch/accounting.ts';
import { inWords } from '../delivery/watch/in-words.ts';
import { type Late, lateEdition } from '../editions/late.ts';
import { COMPLETE } from '../editions/publish.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { type MeaningStatus, meaningLine, meaningStatus } from './status-meaning.ts';
import { counted, minute, printable, table } from './text.ts';

export type EditionStatus = {
  /** The edition that is due and not there. */
  late: Late | null;
  /** The latest that is. */
  edition: {
    date: Day;
    publishedAt: Date;
    hoursLate: number;
    papers: number;
    /** On the day itself: none on weekends and holidays. */
    listed: number;
    topics: number;
    notes: string[];
    /** Null without EMBEDDINGS. */
    meaning: MeaningStatus | null;
    ledger: Accounting;
  } | null;
};

export async function editionStatus(app: App): Promise<EditionStatus> {
  const { db } = app;
  const edition = await db.edition.findFirst({
    orderBy: { date: 'desc' },
    include: { _count: { select: { papers: true, topics: true } } },
  });
  const late = await lateEdition(app, edition ? dayOf(edition.date) : undefined);
  if (!edition) return { late, edition: null };
  const { date, publishedAt, notes, _count } = edition;
  const listed = await db.editionPaper.count({ where: { editionDate: date, paper: { listedOn: date } } });
  const hoursLate = (publishedAt.getTime() - date.getTime() - COMPLETE) / 3_600_000;
  const ledger = await accounting(db, date);
  const meaning = await meaningStatus(app, date);
  return {
    late,
    edition: { date: dayOf(date), publishedAt, hoursLate, ..._count, listed, notes, meaning, ledger },
  };
}

export const editionLines = ({ late, edition }: EditionStatus): string[] => [
  ...(late ? [lateLine(late)] : []),
  ...(edition ? linesOf(edition) : ['No edition is published yet.']),
];

const lateLine = ({ due, why }: Late): string =>
  why === null
    ? `The edition of ${due} is late: its sources are read, but it is not made: paperboy publish`
    : `The edition of ${due} is held. ${printable(why)} To try again: paperboy ingest, paperboy publish`;

function linesOf(edition: Edition): string[] {
  const { date, publishedAt, hoursLate, papers, listed, topics, notes, meaning, ledger } = edition;
  const late = hoursLate >= 1 ? `, ${Math.floor(hoursLate)} hours after it was due` : '';
  return [
    `Edition of ${date}: ${counted(papers, 'paper')}, ${listed} of them listed that day, ${counted(topics, 'topic')}; published ${minute(publishedAt)}${late}`,
    ...(listed === 0 ? ['  Nothing was listed that day, as on weekends and holidays.'] : []),
    ...notes.map((note) => `  ${printable(note)}`),
    ...(meaning ? [meaningLine(meaning)] : []),
    ...table([
      ['  eligible', ledger.eligible, ''],
      ...ledger.rows.map(({ status, reason, count }) => [
        `  ${status}`,
        count,
        printable(inWords(reason ?? '')),
      ]),
    ]),
  ];
}

type Edition = NonNullable<EditionStatus['edition']>;

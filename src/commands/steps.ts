import { day } from '../daily.ts';
import { deliverDue } from '../delivery/deliver.ts';
import { sendLetters } from '../delivery/letters.ts';
import { compose } from '../digests/compose.ts';
import { editionDay, type PublishOutcome, publish } from '../editions/publish.ts';
import { type Withdrawal, withdraw } from '../editions/withdraw.ts';
import type { Day } from '../lib/day.ts';
import { type IngestReport, ingest, ingestWindow } from '../papers/ingest.ts';
import type { Run } from './command.ts';
import { counted, printable, table } from './text.ts';

export const runIngest =
  (date: Day | undefined): Run =>
  async (app, terminal) => {
    const bar = terminal.progress('ingest');
    const onProgress = ({ done, total }: { done: number; total: number }) => bar.update(done, total);
    const reports = date
      ? await ingest(app, { date }, { onProgress })
      : await ingestWindow(app, { onProgress });
    bar.stop();
    return {
      data: reports,
      lines: ingestLines(reports),
      failed: reports.every(({ outcome }) => outcome === 'failed'),
    };
  };

export const runPublish =
  (date: Day | undefined): Run =>
  async (app) => {
    const outcome = await publish(app, { date: date ?? editionDay(app.now()) });
    return { data: outcome, lines: publishLines(outcome), failed: outcome.status === 'held' };
  };

export const runWithdraw =
  (date: Day): Run =>
  async (app) => {
    const outcome = await withdraw(app, date);
    return { data: outcome, lines: withdrawLines(outcome), failed: outcome.status === 'frozen' };
  };

export const runCompose =
  (now: boolean): Run =>
  async (app) => {
    const report = await compose(app, { now });
    return { data: report, lines: composeLines(report) };
  };

export const runDeliver: Run = async (app, terminal) => {
  const bar = terminal.progress('deliver');
  const deliveries = await deliverDue(app, bar.update).finally(bar.stop);
  const letters = await sendLetters(app);
  return {
    data: { deliveries, letters },
    lines: [...deliverLines(deliveries), ...letterLines(letters)],
    failed: cameToNothing(deliveries, letters),
  };
};

export const runDay =
  (date: Day | undefined, now: boolean): Run =>
  async (app, terminal) => {
    const bar = terminal.progress('deliver');
    const options = { now, onDelivered: bar.update };
    const report = await day(app, date ?? editionDay(app.now()), options).finally(bar.stop);
    return {
      data: report,
      lines: [
        ...ingestLines(report.ingest),
        ...publishLines(report.publish),
        ...composeLines(report.compose),
        ...deliverLines(report.deliver),
        ...letterLines(report.letters),
      ],
      failed: report.publish.status === 'held' || cameToNothing(report.deliver, report.letters),
    };
  };

/** Whether nothing was sent and something failed. */
const cameToNothing = (...reports: { sent: number; failed: number }[]) =>
  reports.every(({ sent }) => sent === 0) && reports.some(({ failed }) => failed > 0);

const ingestLines = (reports: IngestReport[]) =>
  reports.flatMap(({ source, date, outcome, papers, bad, problems, error }) => [
    `ingest   ${source} ${date}: ${outcome}, ${counted(papers, 'paper')}${bad > 0 ? `, ${counted(bad, 'bad record')}` : ''}${error ? ` (${printable(error)})` : ''}`,
    ...problems.map(({ id, problem }) => `           ${printable(id)}: ${printable(problem)}`),
  ]);

const STATES = {
  published: 'published',
  unchanged: 'unchanged',
  frozen: 'frozen (digests of it are out)',
} as const;

const publishLines = (outcome: PublishOutcome) =>
  outcome.status === 'held'
    ? [`publish  ${outcome.date}: held, ${printable(outcome.why)}`]
    : [
        `publish  ${outcome.date}: ${STATES[outcome.status]}, ${counted(outcome.papers, 'paper')}, ${counted(outcome.topics, outcome.status === 'frozen' ? 'new topic' : 'topic')} matched`,
        ...outcome.notes.map((note) => `           ${printable(note)}`),
      ];

function withdrawLines(outcome: Withdrawal): string[] {
  const { status, date } = outcome;
  if (status === 'none') return [`There is no edition of ${date}.`];
  if (status === 'frozen')
    return [
      `The edition of ${date} stays: ${counted(outcome.digests, 'digest')} of it composed, ${outcome.waiting} of them waiting to be sent.`,
      ...(outcome.waiting > 0 ? ['What waits is held back by: paperboy pause'] : []),
    ];
  const back = outcome.comesBack
    ? 'The clock makes it anew, once its day is complete and the sources have been read.'
    : `It comes back by: paperboy publish --date ${date}`;
  return [`The edition of ${date} is withdrawn, from the site, feeds and API too. ${back}`];
}

const composeLines = ({ edition, composed }: { edition: Day | null; composed: number }) => [
  edition
    ? `compose  ${edition}: ${counted(composed, 'digest')} due`
    : 'compose  no edition is published yet',
];

const deliverLines = ({
  sent,
  deferred,
  failed,
  skipped,
}: Record<'sent' | 'deferred' | 'failed' | 'skipped', number>) => [
  `deliver  ${sent} sent, ${deferred} deferred, ${failed} failed, ${skipped} skipped`,
];

const letterLines = (counts: Record<'sent' | 'deferred' | 'failed', number>) =>
  Object.values(counts).some((count) => count > 0)
    ? table([['letters', `${counts.sent} sent, ${counts.deferred} deferred, ${counts.failed} failed`]])
    : [];

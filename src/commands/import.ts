import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { App } from '../app.ts';
import { takeOver } from '../subscribers/consent.ts';
import { type SignUp, subscribe } from '../subscribers/subscribe.ts';
import type { Problem } from '../subscribers/subscriber.ts';
import { UNKNOWN_ZONE } from '../subscribers/wishes.ts';
import { knownToDatabase } from '../subscribers/zone.ts';
import { keepAside } from './aside.ts';
import type { Run } from './command.ts';
import { entries, inGroups, sentence } from './entries.ts';
import { COLUMNS, readHeader } from './header.ts';
import { type Row, readRows } from './rows.ts';
import { counted, printable, reasonOf } from './text.ts';

export type ImportOptions = {
  /** Where and when these readers agreed: they are active at once. Without it each is asked to confirm. */
  consent?: string | undefined;
  /** Reads and judges, and stores nothing. */
  dryRun?: boolean | undefined;
};

/**
 * Takes in everybody in a CSV file, read as a stream. Bad rows are named by line and kept in FILE.bad.csv, to be mended
 * and imported; the rest goes in. Whatever ends it early, what went in before is told. Repeatable: who has a
 * subscription keeps it as it is.
 */
export const runImport =
  (file: string, options: ImportOptions = {}): Run =>
  async (app, terminal) => {
    const report: Report = { accepted: 0, kept: 0, left: 0, inactive: 0, bad: [], passedOver: [] };
    const bar = terminal.progress('import');
    try {
      const { size } = await stat(file);
      let done = 0;
      await importRows(app, file, { report, options }, ({ text }) => {
        done += Buffer.byteLength(text) + 1;
        bar.update(done, size);
      });
    } catch (error) {
      report.stopped = whyStopped(file, error);
    } finally {
      bar.stop();
    }
    const { accepted, bad, stopped, lost } = report;
    return {
      data: report,
      lines: linesOf(report, options),
      failed: stopped !== undefined || lost !== undefined || (accepted === 0 && bad.length > 0),
    };
  };

type Report = {
  accepted: number;
  /** Have a subscription already, which stays as it is. Counted where consent is told. */
  kept: number;
  /** Left, complained or were erased before, and are not taken back. Counted where consent is told. */
  left: number;
  /** Not active by the status that stands in the file. */
  inactive: number;
  bad: { line: number; problems: string[] }[];
  /** The file that has them. */
  badRows?: string;
  /** Why that file does not have all. */
  lost?: string;
  /** Columns that nobody here knows. */
  passedOver: string[];
  /** Why the rest of the file was not read. */
  stopped?: string;
};

/** Of bad rows and of columns so many are named on the screen. */
const SHOWN = 50;

function linesOf(report: Report, options: ImportOptions): string[] {
  const { bad, badRows, lost, passedOver, stopped } = report;
  const some = (names: string[]) =>
    [...names.slice(0, SHOWN), ...(names.length > SHOWN ? ['…'] : [])].join(', ');
  const lines = [
    ...(passedOver.length > 0
      ? [`Columns passed over: ${some(passedOver)}. Known are ${COLUMNS.join(', ')}, status.`]
      : []),
    ...bad.slice(0, SHOWN).map(({ line, problems }) => `line ${line}: ${problems.join('; ')}`),
    ...(bad.length > SHOWN ? [`… and ${bad.length - SHOWN} more`] : []),
    ...(lost === undefined ? [] : [`The bad rows could not be kept in a file beside it: ${lost}.`]),
    ...(badRows && lost === undefined
      ? [`The bad rows are in ${badRows}: mend them and import that file.`]
      : []),
    ...(stopped === undefined ? [] : [stopped]),
  ];
  return [...lines.map(printable), summary(report, options)];
}

function summary(
  { accepted, kept, left, inactive, bad }: Report,
  { consent, dryRun }: ImportOptions,
): string {
  const counts = [
    `${accepted} accepted`,
    counted(bad.length, 'bad row'),
    ...(inactive > 0 ? [`${inactive} passed over, whose status is not active`] : []),
  ].join(', ');
  if (dryRun) return `${counts}. Nothing was stored: it was a dry run.`;
  if (consent === undefined) return `${counts}. Confirmations go to addresses that have no subscription.`;
  return `${counts}, ${kept} subscribed already, ${left} left before. Those accepted are active.`;
}

async function importRows(
  app: App,
  file: string,
  { report, options }: { report: Report; options: ImportOptions },
  onRow: (row: Row) => void,
): Promise<void> {
  const rows = readRows(createReadStream(file, 'utf8'));
  const first = (await rows.next()).value as Row | undefined;
  const header = readHeader(first);
  if (!header.ok) {
    report.stopped = header.problem;
    return;
  }
  report.passedOver = header.passedOver;
  const aside = keepAside(file, first?.text ?? '');
  const most = options.consent === undefined ? SIDE_BY_SIDE : AT_ONCE;
  try {
    for await (const group of inGroups(entries(header.names, rows), most)) {
      const taken = await takeIn(
        app,
        group.flatMap((entry) => ('signUp' in entry ? [entry.signUp] : [])),
        options,
      );
      for (const entry of group) {
        const outcome = 'signUp' in entry ? (taken.shift() as TakenIn) : entry;
        onRow(entry.row);
        if (outcome.ok) report[outcome.became]++;
        else {
          report.bad.push({ line: entry.row.line, problems: outcome.problems });
          await aside.row(entry.row, outcome.problems);
        }
      }
    }
  } finally {
    Object.assign(report, await aside.close());
  }
}

/** Sign-ups wait for the disk each by itself, and for a connection to the database, of which a process has ten. */
const SIDE_BY_SIDE = 8;
/** Who has agreed elsewhere goes in by the set. */
const AT_ONCE = 200;

type TakenIn = { ok: true; became: 'accepted' | 'kept' | 'left' } | { ok: false; problems: string[] };

async function takeIn(app: App, signUps: SignUp[], { consent, dryRun }: ImportOptions): Promise<TakenIn[]> {
  const refused = (problems: Problem[]) => ({ ok: false as const, problems: problems.map(sentence) });
  const accepted = { ok: true, became: 'accepted' } as const;
  if (!dryRun && consent !== undefined) {
    const outcomes = await takeOver(app, signUps, consent);
    return outcomes.map((outcome) => {
      if (!outcome.ok) return refused(outcome.problems);
      return outcome.status === 'active' ? accepted : { ok: true, became: outcome.status };
    });
  }
  return Promise.all(
    signUps.map(async (signUp) => {
      if (!dryRun) {
        const outcome = await subscribe(app, signUp);
        return outcome.ok ? accepted : refused(outcome.problems);
      }
      const known = await knownToDatabase(app.db, signUp.preferences.timeZone);
      return known ? accepted : refused([UNKNOWN_ZONE]);
    }),
  );
}

function whyStopped(file: string, error: unknown): string {
  const reason = reasonOf(error);
  return error instanceof Error && 'syscall' in error ? `${file} cannot be read: ${reason}.` : reason;
}

import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { SOURCE_NAMES, type SourceName } from '../papers/paper.ts';

/** One try to read a source's list of the day. */
export type Reading = { source: string; startedAt: Date; outcome: string | null; error: string | null };

/** Whether the sources bear an edition, and what its readers should know of them. */
export type Verdict = { good: true; notes: string[] } | { good: false; why: string };

/** A source last read longer than this before the edition is made has news that the edition lacks. */
const STALE_HOURS = 6;

/** What the configured sources' readings of a day allow. */
export async function judgeSources({ db, config }: App, date: Day, asOf: Date): Promise<Verdict> {
  const readings = await db.ingest.findMany({
    where: { date: startOf(date) },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  return judge(config.sources, readings, { date, asOf });
}

/** Pure. An empty list is a good answer too (weekends); a failure after a good reading only makes the source old. */
export function judge(
  sources: SourceName[],
  readings: Reading[],
  { date, asOf }: { date: Day; asOf: Date },
): Verdict {
  const states = sources.map((source) => {
    const own = readings.filter((reading) => reading.source === source);
    const last = own.at(-1);
    return {
      name: SOURCE_NAMES[source],
      last,
      good: own.findLast(({ outcome }) => outcome === 'ok' || outcome === 'empty'),
    };
  });
  if (states.every(({ good }) => !good)) {
    const whys = states.map(({ name, last }) => `${name} ${trouble(last)}`);
    return { good: false, why: `No source was read for ${date}: ${whys.join('; ')}.` };
  }
  const notes = states.flatMap(({ name, good }) => {
    if (!good) return [`${name} could not be read for ${date}; its papers are missing.`];
    if (asOf.getTime() - good.startedAt.getTime() <= STALE_HOURS * 3_600_000) return [];
    return [`${name} was last read on ${minute(good.startedAt)}; what came later is missing.`];
  });
  return { good: true, notes };
}

function trouble(last: Reading | undefined): string {
  if (!last) return 'was not tried';
  if (last.outcome === null) return 'is being read, or its reading broke off';
  return `failed (${(last.error ?? 'no reason known').replace(/\.$/, '')})`;
}

const minute = (instant: Date) => `${instant.toISOString().slice(0, 16).replace('T', ' at ')} UTC`;

import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { editionDay } from './publish.ts';
import { judgeSources } from './sources.ts';

/**
 * An edition that should be there and is not. `why` says what became of the sources when none was read for its day, so
 * that it is held; `unread`: one was tried, and failed.
 */
export type Late = { due: Day; unread: boolean; why: string | null };

/** Making an edition takes its time; before that it is not late. */
const GRACE = 3_600_000;

/** Null while the latest edition is the one that is due. */
export async function lateEdition(app: App, latest: Day | undefined): Promise<Late | null> {
  const now = app.now();
  const due = editionDay(new Date(now.getTime() - GRACE));
  if (latest !== undefined && latest >= due) return null;
  const sources = await judgeSources(app, due, now);
  const tried = await app.db.ingest.findFirst({ where: { date: startOf(due), outcome: 'failed' } });
  return { due, unread: tried !== null && !sources.good, why: sources.good ? null : sources.why };
}

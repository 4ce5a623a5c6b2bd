import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { editionDay } from './publish.ts';
import { judgeSources } from './sources.ts';

/** An edition that should be there and is not; `unread`: because no source could be read for its day. */
export type Late = { due: Day; unread: boolean };

/** Making an edition takes its time; before that it is not late. */
const GRACE = 3_600_000;

/** Null while the latest edition is the one that is due. */
export async function lateEdition(app: App): Promise<Late | null> {
  const now = app.now();
  const due = editionDay(new Date(now.getTime() - GRACE));
  const made = await app.db.edition.findFirst({ where: { date: { gte: startOf(due) } } });
  if (made) return null;
  const tried = await app.db.ingest.findFirst({ where: { date: startOf(due), outcome: 'failed' } });
  return { due, unread: tried !== null && !(await judgeSources(app, due, now)).good };
}

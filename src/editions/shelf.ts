import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { type Edition, loadEdition } from './edition.ts';

/**
 * Editions that this process read last, by day. Three: at a change of day two are sent, and visitors try their topics on
 * another.
 */
const shelves = new WeakMap<App['db'], Map<Day, Edition>>();
const MOST = 3;

/**
 * An edition, from memory when it has not been made anew since: a batch of deliveries asks for the same hundreds of
 * papers as the batch before it. Null when there is none of that day.
 *
 * For editions that a delivery names, whose papers and findings stay (publish.ts). The papers' texts are those of when this
 * process read them: a source that mends a title meanwhile may have two workers send either.
 */
export async function editionFromShelf({ db }: Pick<App, 'db'>, date: Day): Promise<Edition | null> {
  const shelf = shelves.get(db) ?? new Map<Day, Edition>();
  shelves.set(db, shelf);
  const made = await db.edition.findUnique({ where: { date: startOf(date) }, select: { publishedAt: true } });
  const kept = shelf.get(date);
  if (kept && made && kept.publishedAt.getTime() === made.publishedAt.getTime()) return kept;
  shelf.delete(date);
  const edition = made && (await loadEdition(db, date));
  if (!edition) return null;
  for (const day of [...shelf.keys()].slice(0, Math.max(0, shelf.size - MOST + 1))) shelf.delete(day);
  shelf.set(date, edition);
  return edition;
}

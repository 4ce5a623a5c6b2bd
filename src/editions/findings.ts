import type { App } from '../app.ts';
import { type Edition, excludedBy, type Match, matchesOf } from './edition.ts';
import { matchMissing } from './matching.ts';

/** What an edition has on a topic: papers, in no order, and those that the topic's `-exclusions` keep out. */
export type Finding = { matches: readonly Match[]; excluded: ReadonlySet<string> };

/** They live as long as the edition is in memory (shelf.ts). */
const kept = new WeakMap<Edition, Map<string, Finding>>();
const MOST = 2_000;

/**
 * An edition's findings on some topics, by topic id. Those that it has not been matched with yet are matched first; those
 * that this process asked for before come from memory, for they do not change any more.
 */
export async function findingsOn(
  app: App,
  edition: Edition,
  topicIds: Iterable<string>,
): Promise<ReadonlyMap<string, Finding>> {
  const known = kept.get(edition) ?? new Map<string, Finding>();
  kept.set(edition, known);
  const found = new Map<string, Finding>();
  const wanted = new Set<string>();
  for (const id of topicIds) {
    const before = known.get(id);
    if (before) found.set(id, before);
    else wanted.add(id);
  }
  if (wanted.size === 0) return found;
  if (known.size + wanted.size > MOST) known.clear();
  for (const [id, finding] of await find(app, edition, [...wanted])) {
    found.set(id, finding);
    known.set(id, finding);
  }
  return found;
}

async function find(app: App, { date }: Edition, topicIds: string[]): Promise<[string, Finding][]> {
  await matchMissing(app, date, topicIds);
  const matches = await matchesOf(app.db, date, topicIds);
  const excluded = await excludedBy(app.db, date, topicIds);
  return topicIds.map((id) => [
    id,
    { matches: matches.get(id) ?? [], excluded: excluded.get(id) ?? new Set() },
  ]);
}

import type { App } from '../app.ts';
import type { Match } from '../topics/relevance.ts';
import { type Edition, excludedBy, matchesOf } from './edition.ts';
import { matchMissing } from './matching.ts';
import { memory } from './memory.ts';

/** What an edition has on a topic: papers, in no order, and those that the topic's `-exclusions` keep out. */
export type Finding = { matches: readonly Match[]; excluded: ReadonlySet<string> };

const recall = memory<Finding>({ most: 2_000, atOnce: 2_000 });

/**
 * An edition's findings on some topics, by topic id. Those that it has not been matched with yet are matched first; those
 * that this process asked for before come from memory. So an edition that is held for long must be frozen (publish.ts):
 * one made anew with the same papers is matched anew too, and who holds it does not hear of that.
 */
export const findingsOn = (
  app: App,
  edition: Edition,
  topicIds: Iterable<string>,
): Promise<ReadonlyMap<string, Finding>> => recall(edition, topicIds, (ids) => find(app, edition, ids));

async function find(app: App, { date }: Edition, topicIds: string[]): Promise<[string, Finding][]> {
  await matchMissing(app, date, topicIds);
  const matches = await matchesOf(app.db, date, topicIds);
  const excluded = await excludedBy(app.db, date, topicIds);
  return topicIds.map((id) => [
    id,
    { matches: compact(matches.get(id) ?? []), excluded: excluded.get(id) ?? new Set() },
  ]);
}

/** The same matches in half the memory: a topic's papers bear the same few lists of its words. */
function compact(matches: Match[]): Match[] {
  const lists = new Map<string, string[]>();
  const shared = (words: string[]) => lists.getOrInsert(JSON.stringify(words), words);
  return matches.map((match) => ({
    ...match,
    inTitle: shared(match.inTitle),
    inKeywords: shared(match.inKeywords),
    inAbstract: shared(match.inAbstract),
  }));
}

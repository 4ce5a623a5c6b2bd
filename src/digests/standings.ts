import type { EditionPaper } from '../editions/edition.ts';
import { CUT_OFF, type Match } from '../topics/relevance.ts';
import type { Field, Order } from './field.ts';
import type { Known, Reader } from './reader.ts';
import type { Taste } from './taste.ts';

/** A paper's standing on one topic. */
export type Standing = {
  paper: EditionPaper;
  topic: { query: string; match: Match; position: number; of: number };
  score: number;
};
/** What choosing looks at throughout. */
export type Given = { field: Field; reader: Reader; known: Known };

/** How far examples can move a paper, on the scale of 0 to 1 on which relevance and heat are mixed. */
export const TASTE = 0.5;

/** The topic's papers, best first. */
export function standings(
  topic: { query: string },
  matches: readonly Match[],
  { field, reader: { popularity, frequency }, known: { taste } }: Given,
): readonly Standing[] {
  const order = frequency === 'weekly' ? field.week : field.day;
  const shared = sharedBy(topic.query, matches, field, order);
  if (taste) return ranked(shared.places, popularity, taste);
  if (shared.ranked?.popularity !== popularity)
    shared.ranked = { popularity, standings: ranked(shared.places, popularity) };
  return shared.ranked.standings;
}

function ranked(places: readonly Place[], popularity: number, taste?: Taste): Standing[] {
  const standings = places.map(({ paper, topic }) => {
    const { match, position, of } = topic;
    const percentile = 1 - (position - 1) / of;
    // From the cut-off on, so that both ends of the dial weigh the same.
    const relevance = Math.max(0, (match.relevance - CUT_OFF) / (1 - CUT_OFF));
    const lean = taste?.get(paper.id)?.lean ?? 0;
    return { paper, topic, score: popularity * percentile + (1 - popularity) * relevance + TASTE * lean };
  });
  return standings.sort(best);
}

type Place = Pick<Standing, 'paper' | 'topic'>;
/** What all readers of a topic have in common: the places, and their order for the dial that was asked for last. */
type Shared = {
  query: string;
  places: readonly Place[];
  ranked?: { popularity: number; standings: readonly Standing[] };
};
const known = new WeakMap<Order, WeakMap<readonly Match[], Shared>>();

function sharedBy(query: string, matches: readonly Match[], field: Field, order: Order): Shared {
  const ofOrder = known.get(order) ?? new WeakMap<readonly Match[], Shared>();
  known.set(order, ofOrder);
  const before = ofOrder.get(matches);
  if (before?.query === query) return before;
  const shared = { query, places: placesOf(query, matches, field, order) };
  ofOrder.set(matches, shared);
  return shared;
}

/** Where a topic's papers stand among each other by heat, ties by the edition's rank. */
function placesOf(query: string, matches: readonly Match[], field: Field, order: Order): Place[] {
  const placeOf = ({ id }: EditionPaper) => order.places.get(id) ?? order.places.size;
  const byHeat = matches
    .flatMap((match) => {
      const paper = field.papers.get(match.paperId);
      return paper ? [{ paper, match }] : [];
    })
    .sort((a, b) => placeOf(a.paper) - placeOf(b.paper));
  return byHeat.map(({ paper, match }, index) => ({
    paper,
    topic: { query, match, position: index + 1, of: byHeat.length },
  }));
}

export const best = (a: Standing, b: Standing) => b.score - a.score || a.paper.rank - b.paper.rank;

import type { EditionPaper } from '../editions/edition.ts';
import { CUT_OFF, type Match } from '../topics/relevance.ts';
import type { Field, Order } from './field.ts';
import type { Known, Reader } from './reader.ts';

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
): Standing[] {
  const order = frequency === 'weekly' ? field.week : field.day;
  return places(topic.query, matches, field, order)
    .map(({ paper, topic }) => {
      const { match, position, of } = topic;
      const percentile = 1 - (position - 1) / of;
      // From the cut-off on, so that both ends of the dial weigh the same.
      const relevance = Math.max(0, (match.relevance - CUT_OFF) / (1 - CUT_OFF));
      return {
        paper,
        topic,
        score:
          popularity * percentile + (1 - popularity) * relevance + TASTE * (taste?.get(paper.id)?.lean ?? 0),
      };
    })
    .sort(best);
}

type Place = Pick<Standing, 'paper' | 'topic'>;
const known = new WeakMap<Order, WeakMap<readonly Match[], { query: string; places: Place[] }>>();

/** Where a topic's papers stand among each other by heat, ties by the edition's rank. All its readers share them. */
function places(query: string, matches: readonly Match[], field: Field, order: Order): Place[] {
  const ofOrder = known.get(order) ?? new WeakMap();
  known.set(order, ofOrder);
  const before = ofOrder.get(matches);
  if (before?.query === query) return before.places;
  const placeOf = ({ id }: EditionPaper) => order.places.get(id) ?? order.places.size;
  const byHeat = matches
    .flatMap((match) => {
      const paper = field.papers.get(match.paperId);
      return paper ? [{ paper, match }] : [];
    })
    .sort((a, b) => placeOf(a.paper) - placeOf(b.paper));
  const places = byHeat.map(({ paper, match }, index) => ({
    paper,
    topic: { query, match, position: index + 1, of: byHeat.length },
  }));
  ofOrder.set(matches, { query, places });
  return places;
}

export const best = (a: Standing, b: Standing) => b.score - a.score || a.paper.rank - b.paper.rank;

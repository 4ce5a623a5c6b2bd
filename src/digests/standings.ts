import type { EditionPaper, Match } from '../editions/edition.ts';
import { CUT_OFF } from '../topics/match.ts';
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

/** The topic's papers, best first. Positions go by heat, ties by the edition's rank, so the order is total. */
export function standings(
  topic: { query: string },
  matches: readonly Match[],
  { field, reader: { popularity, frequency }, known: { taste } }: Given,
): Standing[] {
  const order = frequency === 'weekly' ? field.week : field.day;
  const byHeat = matches
    .flatMap((match) => {
      const paper = field.papers.get(match.paperId);
      return paper ? [{ paper, match }] : [];
    })
    .sort((a, b) => place(order, a.paper) - place(order, b.paper));
  return byHeat
    .map(({ paper, match }, index) => {
      const percentile = 1 - index / byHeat.length;
      // From the cut-off on, so that both ends of the dial weigh the same.
      const relevance = Math.max(0, (match.relevance - CUT_OFF) / (1 - CUT_OFF));
      return {
        paper,
        topic: { query: topic.query, match, position: index + 1, of: byHeat.length },
        score:
          popularity * percentile + (1 - popularity) * relevance + TASTE * (taste?.get(paper.id)?.lean ?? 0),
      };
    })
    .sort(best);
}

const place = ({ places }: Order, { id }: EditionPaper) => places.get(id) ?? places.size;

export const best = (a: Standing, b: Standing) => b.score - a.score || a.paper.rank - b.paper.rank;

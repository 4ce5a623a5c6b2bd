import type { Edition, EditionPaper } from '../editions/edition.ts';
import { heat } from '../editions/heat.ts';
import { twinsOf } from './twins.ts';

/** An edition as choosing looks at it; the same for all readers. */
export type Field = {
  papers: ReadonlyMap<string, EditionPaper>;
  /** Positions from 0, hottest first, by paper id. */
  day: ReadonlyMap<string, number>;
  /** The same for who asks what the week brought: all its votes count, age does not. */
  week: ReadonlyMap<string, number>;
  twins: ReadonlyMap<string, ReadonlySet<string>>;
  /** So many of the first are hot. */
  hot: number;
};

/** The hottest tenth is hot, within these bounds: the eighth of thirteen papers may have one vote. */
const LEAST_HOT = 5;
const MOST_HOT = 20;

const fields = new WeakMap<Edition, Field>();

/** Made once for an edition, for as long as somebody holds it. */
export function fieldOf(edition: Edition): Field {
  const field = fields.get(edition) ?? look(edition);
  fields.set(edition, field);
  return field;
}

export const isHot = ({ hot }: Field, position: number): boolean => position <= hot;

function look({ papers }: Edition): Field {
  const ofTheWeek = papers
    .map((paper) => ({ paper, warmth: heat({ ...paper, votesGained: paper.votes }, 0) }))
    .sort((a, b) => b.warmth - a.warmth || a.paper.rank - b.paper.rank);
  return {
    papers: new Map(papers.map((paper) => [paper.id, paper])),
    day: new Map(papers.map(({ id }, index) => [id, index])),
    week: new Map(ofTheWeek.map(({ paper }, index) => [paper.id, index])),
    twins: twinsOf(papers),
    hot: Math.min(MOST_HOT, Math.max(LEAST_HOT, Math.ceil(papers.length / 10))),
  };
}

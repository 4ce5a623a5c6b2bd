import type { Edition, EditionPaper } from '../editions/edition.ts';
import { heat } from '../editions/heat.ts';
import { twinsOf } from './twins.ts';

/** An edition as choosing looks at it; the same for all readers. */
export type Field = {
  papers: ReadonlyMap<string, EditionPaper>;
  day: Order;
  /** The same for who asks what the week brought: all its votes count, age does not. */
  week: Order;
  twins: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Positions from 0, hottest first, by paper id; so many of the first are hot. */
export type Order = { places: ReadonlyMap<string, number>; hot: number };

/** The hottest tenth is hot, within these bounds, of what has at least half the heat of the hottest. */
const LEAST_HOT = 5;
const MOST_HOT = 20;
const HALF = 0.5;

const fields = new WeakMap<Edition, Field>();

/** Made once for an edition, for as long as somebody holds it. */
export function fieldOf(edition: Edition): Field {
  const field = fields.get(edition) ?? look(edition);
  fields.set(edition, field);
  return field;
}

export const isHot = ({ hot }: Order, position: number): boolean => position <= hot;

function look({ papers }: Edition): Field {
  const ofTheWeek = papers
    .map((paper) => ({ paper, warmth: heat({ ...paper, votesGained: paper.votes }, 0) }))
    .sort((a, b) => b.warmth - a.warmth || a.paper.rank - b.paper.rank);
  return {
    papers: new Map(papers.map((paper) => [paper.id, paper])),
    day: orderOf(papers.map(({ id, heat }) => ({ id, warmth: heat }))),
    week: orderOf(ofTheWeek.map(({ paper, warmth }) => ({ id: paper.id, warmth }))),
    twins: twinsOf(papers),
  };
}

/** @param papers hottest first */
function orderOf(papers: { id: string; warmth: number }[]): Order {
  const tenth = Math.min(MOST_HOT, Math.max(LEAST_HOT, Math.ceil(papers.length / 10)));
  const least = HALF * (papers[0]?.warmth ?? 0);
  return {
    places: new Map(papers.map(({ id }, index) => [id, index])),
    hot: papers.slice(0, tenth).filter(({ warmth }) => warmth > 0 && warmth >= least).length,
  };
}

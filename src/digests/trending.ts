import type { EditionPaper } from '../editions/edition.ts';
import type { Field, Order } from './field.ts';
import { twinOf } from './fill.ts';
import { type Given, TASTE } from './standings.ts';

/** A paper and its position among all, from 1. */
export type Hot = { paper: EditionPaper; position: number };

const MOST_TRENDING = 3;

/** The hottest papers that a reader may get from outside the topics, by the week's heat or the day's. */
export function trendingOf(
  { field, reader, known: { excluded, sent, taste } }: Given,
  eligible: (paper: EditionPaper) => boolean,
  chosen: ReadonlySet<string>,
): Hot[] {
  if (!reader.trending) return [];
  const order = reader.frequency === 'weekly' ? field.week : field.day;
  const scoreOf = ({ paper, position }: Hot) =>
    (1 - position) / order.hot + TASTE * (taste?.get(paper.id)?.lean ?? 0);
  const hottestFirst = hottest(field, order);
  const all = taste
    ? hottestFirst.toSorted((a, b) => scoreOf(b) - scoreOf(a) || a.position - b.position)
    : hottestFirst;
  const taken: Hot[] = [];
  const beside = { has: (id: string) => chosen.has(id) || taken.some(({ paper }) => paper.id === id) };
  for (const one of all) {
    if (taken.length === MOST_TRENDING) break;
    if (!eligible(one.paper) || excluded.has(one.paper.id)) continue;
    if (!twinOf(one.paper, field, { chosen: beside, sent })) taken.push(one);
  }
  return taken;
}

const known = new WeakMap<Order, Hot[]>();

/** The same for all readers. */
function hottest({ papers }: Field, order: Order): Hot[] {
  const before = known.get(order);
  if (before) return before;
  const all = [...order.places.keys()].slice(0, order.hot).map((id) => papers.get(id) as EditionPaper);
  const hot = all.map((paper, index) => ({ paper, position: index + 1 }));
  known.set(order, hot);
  return hot;
}

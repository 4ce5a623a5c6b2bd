import type { EditionPaper } from '../editions/edition.ts';
import { isHot } from './field.ts';
import { twinOf } from './fill.ts';
import { type Given, TASTE } from './standings.ts';

const MOST_TRENDING = 3;

/** The hottest papers that a reader may get from outside the topics, by the week's heat or the day's. */
export function trendingOf(
  { field, reader, known: { excluded, sent, taste } }: Given,
  eligible: (paper: EditionPaper) => boolean,
  chosen: ReadonlySet<string>,
): { paper: EditionPaper; position: number }[] {
  if (!reader.trending) return [];
  const order = reader.frequency === 'weekly' ? field.week : field.day;
  const hot = [...order.places].flatMap(([id, index]) => {
    const paper = isHot(order, index + 1) ? field.papers.get(id) : undefined;
    if (!paper || !eligible(paper) || excluded.has(id)) return [];
    return [{ paper, position: index + 1, score: -index / order.hot + TASTE * (taste?.get(id)?.lean ?? 0) }];
  });
  const taken: typeof hot = [];
  for (const one of hot.sort((a, b) => b.score - a.score || a.position - b.position)) {
    const beside = chosen.union(new Set(taken.map(({ paper }) => paper.id)));
    const twin = twinOf(one.paper, field, { chosen: beside, sent });
    if (taken.length < MOST_TRENDING && !twin) taken.push(one);
  }
  return taken;
}

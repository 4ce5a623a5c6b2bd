import type { Harvest, TopicHarvest } from './harvest.ts';

/** How a topic fares: nothing in all these days, hardly anything, a good many, or more than anybody reads. */
export type Verdict = 'silent' | 'rare' | 'good' | 'broad';

/** More papers a day than this, on days that have any, fill a digest with one topic. */
const MOST_A_DAY = 12;
/** A topic that so large a share of all papers is on tells hardly one from another. */
const MOST_SHARE = 0.3;
/** Fewer in all the days than this is less than one a week. */
const FEW = 2;
/** Of fewer papers than this nobody can say that a share is large. */
const ENOUGH = 50;

export function verdictOf(
  { listed }: Pick<Harvest, 'listed'>,
  { total }: Pick<TopicHarvest, 'total'>,
): Verdict {
  const all = listed.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'silent';
  if (perDay({ listed }, { total }) > MOST_A_DAY || (all >= ENOUGH && total > MOST_SHARE * all))
    return 'broad';
  return total < FEW ? 'rare' : 'good';
}

/** Papers a day, over the days that had any: weekends and holidays are empty. */
export function perDay({ listed }: Pick<Harvest, 'listed'>, { total }: Pick<TopicHarvest, 'total'>): number {
  const days = listed.filter((count) => count > 0).length;
  return days === 0 ? 0 : total / days;
}

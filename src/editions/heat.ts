import { type Day, startOf } from '../lib/day.ts';

/** A paper's signals at one instant, and what was gained in the 24 hours before. */
export type Changes = {
  votes: number;
  /** As measured: all of a paper seen since then, none where nobody looked a day ago. */
  votesGained: number;
  /** The same estimated, where the measurements leave gaps. */
  pace: number;
  comments: number;
  /** Null where no source knows a repository. */
  stars: number | null;
  starsGained: number;
};

export type Measured = { measuredAt: Date; votes: number; comments: number; stars: number | null };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A list fills until two hours into the next day, when that day's begins. */
const BEGINS = 2 * HOUR;
/** What was measured longer ago than this says nothing of yesterday; sources are read once a day at least. */
const OLD = 2 * DAY;

/**
 * How much a paper trends: what it gained in a day and what it has, cooling with the hours since its listing. At least 0.
 * The formula is a start, to be measured against settled votes (DESIGN.md section 6).
 */
export function heat(
  {
    votes,
    votesGained,
    comments,
    starsGained,
  }: Pick<Changes, 'votes' | 'votesGained' | 'comments' | 'starsGained'>,
  ageHours: number,
): number {
  const interest = log(votesGained) + 0.5 * log(comments) + 0.5 * log(starsGained) + 0.3 * log(votes);
  return interest / (Math.max(0, ageHours) + 12) ** 0.6;
}

/** Votes can be taken back, so what is gained can be less than nothing. */
const log = (count: number) => Math.log1p(Math.max(0, count));

/**
 * What the measurements say of an instant. Those after it do not count, unless there are no others (a day that was read
 * long after), when the earliest stands. A paper first seen within the last 24 hours gained all its votes, but none of its
 * stars: its repository may be old. The pace takes votes to come evenly from one measurement to the next, and from the
 * listing to the first, so that a source that was away, or a list that was read late, makes no paper look as if it had
 * gained in one day what took it several.
 */
export function changes(signals: Measured[], asOf: Date, listedOn: Day): Changes {
  const inOrder = signals.toSorted((a, b) => a.measuredAt.getTime() - b.measuredAt.getTime());
  const until = (instant: number) => inOrder.findLast(({ measuredAt }) => measuredAt.getTime() <= instant);
  const last = until(asOf.getTime()) ?? inOrder[0];
  if (!last) return { votes: 0, votesGained: 0, pace: 0, comments: 0, stars: null, starsGained: 0 };
  const yesterday = asOf.getTime() - DAY;
  const before = until(yesterday);
  const known = !before || before.measuredAt.getTime() >= asOf.getTime() - OLD;
  const { votes, comments, stars } = last;
  return {
    votes,
    votesGained: known ? Math.max(0, votes - (before?.votes ?? 0)) : 0,
    pace: Math.max(0, Math.round(votes - votesAt(inOrder, yesterday, listedOn))),
    comments,
    stars,
    starsGained: known ? Math.max(0, (stars ?? 0) - (before?.stars ?? stars ?? 0)) : 0,
  };
}

function votesAt(inOrder: Measured[], instant: number, listedOn: Day): number {
  const measured = inOrder.map(({ measuredAt, votes }) => ({ at: measuredAt.getTime(), votes }));
  const listed = { at: startOf(listedOn).getTime() + BEGINS, votes: 0 };
  const points = (measured[0]?.at ?? 0) > listed.at ? [listed, ...measured] : measured;
  const before = points.findLast(({ at }) => at <= instant);
  const after = points.find(({ at }) => at > instant);
  if (!before || !after) return before?.votes ?? 0;
  return before.votes + ((after.votes - before.votes) * (instant - before.at)) / (after.at - before.at);
}

/** Hottest first; equal heat by votes, comments, then id, so that no two papers are ever equal. */
export function byHeat(
  a: { id: string; heat: number; votes: number; comments: number },
  b: { id: string; heat: number; votes: number; comments: number },
): number {
  return (
    b.heat - a.heat ||
    b.votes - a.votes ||
    b.comments - a.comments ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/** A paper's signals at one instant, and what was gained in the 24 hours before. */
export type Changes = {
  votes: number;
  votesGained: number;
  comments: number;
  /** Null where no source knows a repository. */
  stars: number | null;
  starsGained: number;
};

export type Measured = { measuredAt: Date; votes: number; comments: number; stars: number | null };

const DAY = 24 * 3_600_000;

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
 * stars: its repository may be old.
 */
export function changes(signals: Measured[], asOf: Date): Changes {
  const inOrder = signals.toSorted((a, b) => a.measuredAt.getTime() - b.measuredAt.getTime());
  const until = (instant: number) => inOrder.findLast(({ measuredAt }) => measuredAt.getTime() <= instant);
  const last = until(asOf.getTime()) ?? inOrder[0];
  if (!last) return { votes: 0, votesGained: 0, comments: 0, stars: null, starsGained: 0 };
  const before = until(asOf.getTime() - DAY);
  const { votes, comments, stars } = last;
  return {
    votes,
    votesGained: Math.max(0, votes - (before?.votes ?? 0)),
    comments,
    stars,
    starsGained: Math.max(0, (stars ?? 0) - (before?.stars ?? stars ?? 0)),
  };
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

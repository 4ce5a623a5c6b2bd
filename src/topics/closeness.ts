/** How near vectors are by chance: the middle of their cosines, and how far these spread around it. */
export type Chance = { middle: number; spread: number };

/** Where closeness begins and where it is whole, in spreads from the middle. */
const [BEGINS, WHOLE] = [2, 7];

/**
 * How close in meaning a cosine shows two texts to be, in thousandths; 0 for what chance would do. It is counted in spreads
 * from what is usual, not in cosines: so one scale serves all models, one whose vectors all lie near each other is read as
 * any other, and one that cannot tell papers apart has no say.
 *
 * The scale is that of DESIGN.md's best score, cosine of MiniLM + 0.5 × coverage, taken in spreads of 0.1: coverage counts 5 of
 * them, and without any some 4.5 are needed. As relevance.ts joins the two, coverage of 0 needs 4.5 spreads here to reach
 * the cut-off, of 0.3 it needs 3.4 and of 0.4 it needs 2.8.
 */
export function closenessOf(cosine: number, { middle, spread }: Chance): number {
  const spreads = (cosine - middle) / Math.max(spread, 1e-6);
  return Math.round(1000 * Math.min(1, Math.max(0, (spreads - BEGINS) / (WHOLE - BEGINS))));
}

/** The median and the interquartile range as deviations of a normal distribution: the few that are related move neither. */
export function chanceOf(cosines: Iterable<number>): Chance {
  const sorted = Float64Array.from(cosines).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { middle: at(0.5), spread: (at(0.75) - at(0.25)) / 1.349 };
}

/**
 * Chance for a topic: what its own cosines say or what those of other texts as short do, whichever is stricter. A topic that
 * is far from all papers has one that is less far, and should not match for that.
 *
 * @param own with papers of all kinds
 * @param others each text's with the same papers
 */
export function chanceFor(own: Iterable<number>, others: Chance): Chance {
  const { middle, spread } = chanceOf(own);
  return { middle: Math.max(middle, others.middle), spread: Math.max(spread, others.spread) };
}

/** What is usual among several. */
export const usualOf = (chances: Chance[]): Chance => ({
  middle: chanceOf(chances.map(({ middle }) => middle)).middle,
  spread: chanceOf(chances.map(({ spread }) => spread)).middle,
});

/** The cosine of vectors of length 1. */
export function cosine(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < one.length; n++) sum += (one[n] ?? 0) * (other[n] ?? 0);
  return sum;
}

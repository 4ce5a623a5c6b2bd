/** How far a paper is on a topic: 2 on it, 1 near it. */
export type Grades = ReadonlyMap<string, number>;
/** A paper as a method found it: the higher the score, the earlier. */
export type Scored = { id: string; score: number };

/** The share of the graded papers that are among the first `k`. */
export const recallAt = (k: number, found: Scored[], grades: Grades): number =>
  found.slice(0, k).filter(({ id }) => grades.has(id)).length / grades.size;

/** Normalised discounted cumulative gain, gains 2^grade - 1 (Burges et al., 2005). */
export function ndcgAt(k: number, found: Scored[], grades: Grades): number {
  const best = [...grades.values()].sort((a, b) => b - a);
  return (
    gain(
      k,
      found.map(({ id }) => grades.get(id) ?? 0),
    ) / gain(k, best)
  );
}

const gain = (k: number, grades: number[]): number =>
  grades.slice(0, k).reduce((sum, grade, n) => sum + (2 ** grade - 1) / Math.log2(n + 2), 0);

/** Kendall's tau-b between two measures of the same things: 1 the same order, 0 none in common, -1 reversed. */
export function tau(pairs: [number, number][]): number {
  let [agree, tiedA, tiedB, all] = [0, 0, 0, 0];
  for (const [n, [a, b]] of pairs.entries())
    for (const [c, d] of pairs.slice(n + 1)) {
      agree += Math.sign(a - c) * Math.sign(b - d);
      tiedA += Number(a === c);
      tiedB += Number(b === d);
      all += 1;
    }
  return agree / Math.sqrt((all - tiedA) * (all - tiedB));
}

export const mean = (numbers: number[]): number =>
  numbers.length === 0 ? Number.NaN : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Two digits; a dash for what cannot be measured. */
export const share = (value: number): string =>
  Number.isNaN(value) ? '–' : value.toFixed(2).replace(/^(-?)0/, '$1');

/** What each contender measured, round by round. */
export type Rounds<Name extends string> = Record<Name, number[]>;

/**
 * Has the contenders run by turns, so that a noisy machine treats them alike. Each returns its measurement; every second
 * round goes backwards.
 */
export async function rounds<Name extends string>(
  count: number,
  contenders: Record<Name, () => number | Promise<number>>,
): Promise<Rounds<Name>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Rounds<Name>;
  for (let round = 0; round < count; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      measured[name].push(await contenders[name]());
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

/** The median of the ratios within each round. */
export const ratioOf = (values: readonly number[], yardstick: readonly number[]): number =>
  median(values.map((value, round) => value / (yardstick[round] ?? Number.NaN)));

/** Milliseconds that one call takes, over calls for at least so long. */
export async function millisecondsOf(call: () => unknown, atLeast = 300): Promise<number> {
  const began = performance.now();
  let calls = 0;
  let took = 0;
  for (; took < atLeast; calls++) {
    const made = call();
    if (made instanceof Promise) await made;
    took = performance.now() - began;
  }
  return took / calls;
}

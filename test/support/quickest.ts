/** The quickest of ten runs, in milliseconds: what the code takes, whatever else the machine is doing. */
export async function quickest(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return Math.min(...times);
}

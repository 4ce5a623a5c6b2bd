/** Room for so many things at once, for whoever shares it. */
export type Slots = {
  /** Takes as many as are free, `most` at the most; waits, in the order of asking, until there is one. */
  take: (most: number) => Promise<number>;
  give: (count: number) => void;
};

export function slots(count: number): Slots {
  let free = count;
  const waiting: { most: number; go: (taken: number) => void }[] = [];
  const serve = () => {
    while (free > 0) {
      const next = waiting.shift();
      if (!next) return;
      const taken = Math.min(free, next.most);
      free -= taken;
      next.go(taken);
    }
  };
  return {
    take: (most) =>
      new Promise((go) => {
        waiting.push({ most, go });
        serve();
      }),
    give: (some) => {
      free += some;
      serve();
    },
  };
}

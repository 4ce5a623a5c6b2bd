/** What happened instead of the work: too many were waiting, or whoever asked has gone. */
export type Turned = 'busy' | 'gone';

/**
 * Lets `most` pieces of work run at once and `waiting` more wait their turn, in order. One whose signal has fired when its
 * turn comes is not begun.
 */
export function gate({ most, waiting }: { most: number; waiting: number }) {
  let running = 0;
  const queue: (() => void)[] = [];
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | Turned> => {
    if (running >= most) {
      if (queue.length >= waiting) return 'busy';
      await new Promise<void>((turn) => queue.push(turn));
    } else running++;
    try {
      return signal?.aborted ? 'gone' : await work();
    } finally {
      // The turn goes to the next in the queue, and so does the place.
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}

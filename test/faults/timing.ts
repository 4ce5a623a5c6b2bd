/** A clock that was right at `from`, in milliseconds since the epoch, and runs `speed` times as fast since. */
export type Timing = { from: number; speed: number };

export const instantOf = ({ from, speed }: Timing, now: number): Date =>
  new Date(Math.floor(from + (now - from) * speed));

import type { App } from '../src/app.ts';

/** A job of the queue: shallow, it calls one function of src/. */
export type Job<Data extends object = object> = {
  name: string;
  /** How many of them one process does at a time. */
  concurrency: number;
  /** Once in a day of UTC, at the first tick that finds the house awake. */
  daily?: boolean;
  run: (app: App, data: Data, signal: AbortSignal) => Promise<unknown>;
};

import type { App } from '../src/app.ts';

/** A job of the queue: shallow, it calls one function of src/. */
export type Job<Data extends object = object> = {
  name: string;
  /** How many of them one process does at a time. */
  concurrency: number;
  run: (app: App, data: Data, signal: AbortSignal) => Promise<unknown>;
};

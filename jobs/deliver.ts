import { deliver as deliverBatch } from '../src/delivery/deliver.ts';
import type { Job } from './job.ts';

export const deliver: Job<{ ids: string[] }> = {
  name: 'deliver',
  // One window of messages in flight a process: that is what a crash may repeat.
  concurrency: 1,
  run: (app, { ids }, signal) => deliverBatch(app, ids, signal),
};

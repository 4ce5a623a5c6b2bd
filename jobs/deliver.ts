import { deliver as deliverBatch } from '../src/delivery/deliver.ts';
import type { Job } from './job.ts';

export const deliver: Job<{ ids: string[] }> = {
  name: 'deliver',
  concurrency: 2,
  run: (app, { ids }, signal) => deliverBatch(app, ids, signal),
};

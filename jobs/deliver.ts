import { deliver as deliverBatch } from '../src/delivery/deliver.ts';
import type { Job } from './job.ts';

export const deliver: Job<{ ids: string[] }> = {
  name: 'deliver',
  // One batch is made ready while another is sent; what is in flight at once the SMTP pool's slots limit for both.
  concurrency: 2,
  run: (app, { ids }, signal) => deliverBatch(app, ids, signal),
};

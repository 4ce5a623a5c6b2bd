import { ingestWindow } from '../src/papers/ingest.ts';
import type { Job } from './job.ts';

/** Reads the sources again; then the edition that was waiting for them may be published. */
export const ingest: Job = {
  name: 'ingest',
  concurrency: 1,
  run: async (app) => {
    await ingestWindow(app);
    await app.queue.send('publish', {}, { key: 'publish' });
  },
};

import { publish } from '../src/editions/publish.ts';
import type { Day } from '../src/lib/day.ts';
import { ingest } from '../src/papers/ingest.ts';
import type { Job } from './job.ts';

/** A day run again by hand: reads its lists, makes its edition, and has whoever is due composed for. */
export const again: Job<{ date: Day }> = {
  name: 'again',
  concurrency: 1,
  run: async (app, { date }) => {
    await ingest(app, { date });
    await publish(app, { date });
    await app.queue.send('compose', {}, { key: 'compose' });
  },
};

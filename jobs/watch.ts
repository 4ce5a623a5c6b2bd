import { watch as watchVitals } from '../src/delivery/watch/alerts.ts';
import type { Job } from './job.ts';

export const watch: Job = { name: 'watch', concurrency: 1, run: (app) => watchVitals(app) };

import { compose as composeDigests } from '../src/digests/compose.ts';
import type { Job } from './job.ts';

export const compose: Job = { name: 'compose', concurrency: 1, run: (app) => composeDigests(app) };

import { forget as forgetOld } from '../src/delivery/retention.ts';
import type { Job } from './job.ts';

export const forget: Job = { name: 'forget', concurrency: 1, daily: true, run: (app) => forgetOld(app) };

import { settleLedgers } from '../src/delivery/settle.ts';
import type { Job } from './job.ts';

export const settle: Job = { name: 'settle', concurrency: 1, run: (app) => settleLedgers(app) };

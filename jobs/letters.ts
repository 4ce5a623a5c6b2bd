import { sendLetters } from '../src/delivery/letters.ts';
import type { Job } from './job.ts';

export const letters: Job = {
  name: 'letters',
  concurrency: 1,
  run: (app, _data, signal) => sendLetters(app, signal),
};

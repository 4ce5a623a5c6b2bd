import { pauseSending, resumeSending } from '../delivery/breaker.ts';
import type { Run } from './command.ts';

export const runPause: Run = async (app) => {
  await pauseSending(app);
  return { data: { sending: 'paused' }, lines: ['Sending is paused, letters too, until: paperboy resume'] };
};

export const runResume: Run = async (app) => {
  await resumeSending(app);
  return { data: { sending: 'flows' }, lines: ['Mail flows again, within a minute.'] };
};

import { editionDay, publish as publishEdition } from '../src/editions/publish.ts';
import type { Job } from './job.ts';

/** Publishes the day whose list is complete; a day whose sources are missing stays held until they are back. */
export const publish: Job = {
  name: 'publish',
  concurrency: 1,
  run: (app) => publishEdition(app, { date: editionDay(app.now()) }),
};

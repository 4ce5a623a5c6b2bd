// What src/main.ts does with ROLE=worker, on a clock that FAULTS_TIMING speeds up; and it kills itself, as kill -9 would,
// when it reaches a step for the nth time: FAULTS_DIE_AT=begun:3
import { flushCompileCache } from 'node:module';
import { catchUp, startClock, startWorkers } from '../../jobs/schedule.ts';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { instantOf } from './timing.ts';

const timing = JSON.parse(process.env.FAULTS_TIMING ?? '{ "from": 0, "speed": 1 }');
const [step, passes] = (process.env.FAULTS_DIE_AT ?? '').split(':');
let left = Number(passes);

const app = await createApp(loadConfig(), {
  now: () => instantOf(timing, Date.now()),
  reached: (here) => {
    if (here !== step) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
const stopClock = startClock(app);
await startWorkers(app);
await catchUp(app);
app.log.info({ dieAt: step }, 'paperboy is up');
// A process that is killed keeps nothing for the next.
flushCompileCache();

process.once('SIGTERM', async () => {
  stopClock();
  await app.close();
  process.exit(0);
});

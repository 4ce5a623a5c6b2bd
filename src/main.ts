import { catchUp, startClock, startWorkers } from '../jobs/schedule.ts';
import { createApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { listen } from './web/server.ts';

await main().catch((error: Error) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(error instanceof ConfigError ? 2 : 1);
});

/** Starts what the role asks for, and stops it in the reverse order: first nothing new comes in, then what is in flight ends. */
async function main(): Promise<void> {
  const config = loadConfig();
  const app = await createApp(config);
  const web = config.role === 'worker' ? null : await listen(app);
  const stopClock = config.role === 'web' ? null : startClock(app);
  if (config.role !== 'web') {
    await startWorkers(app);
    await catchUp(app);
  }
  app.log.info({ role: config.role, port: web?.port }, 'paperboy is up');

  await signalled('SIGTERM', 'SIGINT');
  app.log.info({}, 'stopping');
  stopClock?.();
  await web?.close();
  await app.close();
  process.exit(0);
}

const signalled = (...signals: NodeJS.Signals[]) =>
  new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });

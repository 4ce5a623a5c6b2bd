import { catchUp, startClock, startWorkers } from '../jobs/schedule.ts';
import { createApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { listenForMail } from './delivery/inbound/listener.ts';
import { described } from './lib/log.ts';
import { listen } from './web/server.ts';

await main().catch((error: Error & { code?: string; port?: number }) => {
  const taken =
    error.code === 'EADDRINUSE' && `Port ${error.port} is taken: choose another with PORT (or INBOUND_PORT).`;
  console.error(error instanceof ConfigError ? error.message : taken || described(error));
  process.exit(error instanceof ConfigError ? 2 : 1);
});

/** Starts what the role asks for, and stops it in the reverse order: first nothing new comes in, then what is in flight ends. */
async function main(): Promise<void> {
  // From the first instant on, so that a start can be broken off as gently as a run.
  const told = signalled('SIGTERM', 'SIGINT');
  const config = loadConfig();
  const app = await createApp(config);
  process.on('uncaughtException', (err) => {
    app.log.error({ err }, 'crashed');
    process.exit(1);
  });
  const web = config.role === 'worker' ? null : await listen(app);
  const inbound = config.role === 'worker' ? null : await listenForMail(app);
  const stopClock = config.role === 'web' ? null : startClock(app);
  if (config.role !== 'web') {
    await startWorkers(app);
    await catchUp(app);
  }
  app.log.info({ role: config.role, port: web?.port, inbound: inbound?.port }, 'paperboy is up');

  await told;
  app.log.info({}, 'stopping');
  stopClock?.();
  await Promise.all([web?.close(), inbound?.close()]);
  await app.close();
  process.exit(0);
}

/** A declaration, for `main` runs before the lines below it do. */
function signalled(...signals: NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
}

import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './config.ts';
import { described } from './lib/log.ts';

await main().catch((error: Error & { code?: string; port?: number }) => {
  const taken =
    error.code === 'EADDRINUSE' && `Port ${error.port} is taken: choose another with PORT (or INBOUND_PORT).`;
  console.error(error instanceof ConfigError ? error.message : taken || described(error));
  process.exit(error instanceof ConfigError ? 2 : 1);
});

/**
 * Loads and starts what the role asks for, and stops it in the reverse order: first nothing new comes in, then what is in
 * flight ends.
 */
async function main(): Promise<void> {
  // From the first instant on, so that a start can be broken off as gently as a run.
  const told = signalled('SIGTERM', 'SIGINT');
  const config = loadConfig();
  // What is loaded from here on is kept compiled for the next start, which takes half a second less. Node would keep it in
  // the folder for temporary files, where others could put code of theirs. `npm start` tells Node so by NODE_COMPILE_CACHE,
  // before this file: then it need not load what strips types, 20 MB.
  enableCompileCache(join(config.dataDir, 'compiled'));
  const { createApp } = await import('./app.ts');
  const [app, pages, inboundMail, schedule] = await Promise.all([
    createApp(config),
    config.role !== 'worker' ? import('./web/server.ts') : null,
    config.role !== 'worker' && config.inbound.port ? import('./delivery/inbound/listener.ts') : null,
    config.role !== 'web' ? import('../jobs/schedule.ts') : null,
  ]);
  process.on('uncaughtException', (err) => {
    app.log.error({ err }, 'crashed');
    process.exit(1);
  });
  const web = await pages?.listen(app);
  const inbound = await inboundMail?.listenForMail(app);
  const stopClock = schedule?.startClock(app);
  await schedule?.startWorkers(app);
  await schedule?.catchUp(app);
  const { role, baseUrl: site } = config;
  app.log.info({ role, site, port: web?.port, inbound: inbound?.port }, 'paperboy is up');
  flushCompileCache();

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

import { randomUUID } from 'node:crypto';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { editionDay, publish } from '../../src/editions/publish.ts';
import type { Day } from '../../src/lib/day.ts';
import { silent } from '../../src/lib/log.ts';
import { scratchFolder } from '../faults/scratch.ts';
import { type Service, startService } from '../faults/service.ts';
import { addIngest } from '../support/papers.ts';
import { admin, withName } from '../support/template.ts';
import { papersOf, storePapers, storeReaders, storeTopics, topicsOf } from './load.ts';

export type World = AsyncDisposable & {
  app: App;
  edition: Day;
  topicIds: string[];
  /** Brings the number of readers up to this. */
  readers: (count: number, options?: { topics: boolean }) => Promise<void>;
  /** Where the processes keep what is their own, and the embedded database. */
  folder: string;
  start: (options: { name: string; env?: Record<string, string> }) => Service;
};

/** A database of its own on the server, with an edition of 300 papers, its topics matched, and no reader yet. */
export async function openWorld({
  server,
  smtp = 'smtp://127.0.0.1:9',
  papers = 300,
  topics = 1_000,
}: {
  server: string | null;
  smtp?: string;
  papers?: number;
  topics?: number;
}): Promise<World> {
  const database = `paperboy_bench_${randomUUID().replaceAll('-', '')}`;
  if (server) await admin(server, `CREATE DATABASE ${database}`);
  const folder = scratchFolder();
  const env = {
    ...(server ? { DATABASE_URL: withName(server, database) } : {}),
    DATA_DIR: folder,
    SECRET: 'a secret for the bench and nothing else',
    BASE_URL: 'https://paperboy.example',
    MAIL_FROM: 'Paperboy <digest@paperboy.example>',
    SMTP_URL: smtp,
    SOURCES: 'huggingface',
    HF_URL: 'http://127.0.0.1:9',
    PORT: '0',
  };
  const app = await createApp(loadConfig(env), { log: silent });
  const edition = editionDay(app.now());
  await storePapers(app, papersOf(papers, edition));
  // As good as just read, so that no service asks the sources.
  await addIngest(app, { date: edition, startedAt: app.now().toISOString() });
  const topicIds = await storeTopics(app, topicsOf(topics));
  let known = 0;
  const readers = async (count: number, options = { topics: true }) => {
    const some = options.topics ? topicIds : null;
    if (count > known) await storeReaders(app, { from: known + 1, to: count, topicIds: some });
    known = Math.max(known, count);
    await app.db.$executeRawUnsafe('ANALYZE subscribers, subscriber_topics');
  };
  await readers(1_000);
  const outcome = await publish(app, { date: edition });
  if (outcome.status !== 'published') throw new Error(`The edition was not published: ${outcome.status}.`);
  const started: Service[] = [];
  return {
    app,
    edition,
    topicIds,
    folder,
    readers,
    start: ({ name, env: more }) => {
      const service = startService({
        name,
        folder,
        env: { ...env, ROLE: 'worker', ...profiling(), ...more },
      });
      started.push(service);
      return service;
    },
    [Symbol.asyncDispose]: async () => {
      for (const service of started) {
        service.signal('SIGCONT');
        service.signal('SIGTERM');
      }
      await Promise.all(started.map(({ ended }) => ended));
      await app.close();
      if (server) await admin(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

/** With BENCH_PROFILE=folder each worker leaves its CPU profile there. */
function profiling(): Record<string, string> {
  const folder = process.env.BENCH_PROFILE;
  return folder ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` } : {};
}

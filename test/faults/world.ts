import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type Accounting, accounting } from '../../src/delivery/watch/accounting.ts';
import { editionDay, publish } from '../../src/editions/publish.ts';
import { type Day, startOf } from '../../src/lib/day.ts';
import { silent } from '../../src/lib/log.ts';
import { parseTopic, saveTopics } from '../../src/topics/topic.ts';
import { addIngest, addPapers } from '../support/papers.ts';
import { admin, withName } from '../support/template.ts';
import { scratchFolder } from './scratch.ts';
import { type Service, startService } from './service.ts';
import { instantOf, type Timing } from './timing.ts';

export type World = AsyncDisposable & {
  /** For asking and for queueing; it works on nothing itself. */
  app: App;
  edition: Day;
  settings: Record<string, string>;
  start: (
    options: Omit<Parameters<typeof startService>[0], 'folder' | 'env'> & { env?: Record<string, string> },
  ) => Service;
  /** Queues what the clock would queue every minute. */
  tick: () => Promise<void>;
  /** More readers like the first. */
  addReaders: (count: number) => Promise<void>;
  /** The deliveries of the edition, by id. */
  deliveries: () => Promise<string[]>;
  /** The one delivery to an address. */
  delivery: (email: string) => Promise<{ status: string; reason: string | null; attempts: number }>;
  /** Whether every reader has a delivery of the edition, and none waits or is being sent. */
  done: () => Promise<boolean>;
  accounts: () => Promise<Accounting & { count: (status: string) => number; open: number }>;
};

/**
 * A database of its own on the server, with an edition and readers whose hour has come. Its clock runs `speed` times as
 * fast as the real one, in all its processes alike, so that leases and backoffs of minutes end in seconds.
 */
export async function openWorld({
  server,
  readers,
  speed = 1,
  smtp,
  settings = {},
}: {
  server: string;
  readers: number;
  speed?: number;
  smtp: string;
  settings?: Record<string, string>;
}): Promise<World> {
  const database = `paperboy_faults_${randomUUID().replaceAll('-', '')}`;
  await admin(server, `CREATE DATABASE ${database}`);
  const folder = scratchFolder();
  const env = {
    DATABASE_URL: withName(server, database),
    DATA_DIR: folder,
    SECRET: 'a secret for tests and nothing else',
    BASE_URL: 'https://paperboy.test',
    MAIL_FROM: 'Paperboy <digest@paperboy.test>',
    SMTP_URL: smtp,
    SOURCES: 'huggingface',
    HF_URL: 'http://127.0.0.1:9',
    PORT: '0',
    ROLE: 'worker',
    ...settings,
  };
  const timing: Timing = { from: Date.now(), speed };
  const app = await createApp(loadConfig(env), { log: silent, now: () => instantOf(timing, Date.now()) });
  const edition = editionDay(app.now());
  await publishEdition(app, edition);
  await addReaders(app, readers);
  const accounts = async () => {
    const { eligible, rows } = await accounting(app.db, startOf(edition));
    const count = (status: string) =>
      rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
    return { eligible, rows, count, open: count('queued') + count('sending') };
  };
  const started: Service[] = [];
  return {
    app,
    edition,
    settings: env,
    start: ({ env: more, ...options }) => {
      const service = startService({
        ...options,
        folder,
        env: { ...env, FAULTS_TIMING: JSON.stringify(timing), ...more },
      });
      started.push(service);
      return service;
    },
    tick: async () => {
      for (const name of ['compose', 'settle']) await app.queue.send(name, {}, { key: name });
    },
    addReaders: (count) => addReaders(app, count),
    deliveries: async () => {
      const rows = await app.db.delivery.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
      return rows.map(({ id }) => id);
    },
    delivery: (email) => app.db.delivery.findFirstOrThrow({ where: { subscriber: { email } } }),
    done: async () => {
      const { eligible, open } = await accounts();
      return open === 0 && eligible === (await app.db.subscriber.count());
    },
    accounts,
    [Symbol.asyncDispose]: async () => {
      for (const service of started) service.signal('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await app.close();
      await admin(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

const SUBJECTS = [
  'speculative decoding',
  'video generation',
  'reinforcement learning',
  'world models',
  'robot grasping',
];

async function publishEdition(app: App, edition: Day): Promise<void> {
  await addPapers(
    app,
    Array.from({ length: 40 }, (_, n) => ({
      id: `2601.${String(n + 1).padStart(5, '0')}`,
      title: `${SUBJECTS[n % SUBJECTS.length]}, part ${n}`,
      abstract: `We study ${SUBJECTS[n % SUBJECTS.length]}. ${'It is harder than it looks. '.repeat(20)}`,
      votes: 100 - n,
      listedOn: edition,
    })),
  );
  // As good as just read, so that no service asks the sources.
  await addIngest(app, { date: edition, startedAt: app.now().toISOString() });
  const outcome = await publish(app, { date: edition });
  if (outcome.status !== 'published') throw new Error(`The edition was not published: ${outcome.status}.`);
}

/** Confirmed readers whose hour has just come, spread over twenty domains, each with two of the topics. */
async function addReaders({ db, now }: App, count: number): Promise<void> {
  const topics = SUBJECTS.map(parseTopic).flatMap((parsed) => (parsed.ok ? [parsed.topic] : []));
  const topicIds = await saveTopics(db, topics, now());
  const hour = now().getUTCHours();
  await db.$executeRaw`
    INSERT INTO subscribers (id, email, email_key, status, time_zone, send_hour, created_at, confirmed_at)
    SELECT gen_random_uuid(), address, address, 'active', 'UTC', ${hour}, ${now()}, ${now()}
    FROM generate_series(1, ${count}) AS n,
      LATERAL (SELECT 'reader' || n || '@example' || n % 20 || '.org' AS address) AS a`;
  await db.$executeRaw`
    INSERT INTO subscriber_topics (subscriber_id, topic_id, position)
    SELECT s.id, (${topicIds}::uuid[])[1 + ((hashtext(s.email) & 1023) + position) % ${topicIds.length}], position
    FROM subscribers s, generate_series(0, 1) AS position`;
}

/**
 * Asks again and again until it is so, ticking the world's clock once a second; says whether it became so in time. What
 * asks the database is asked less often.
 */
export async function until(
  world: World | null,
  seconds: number,
  so: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  let nextTick = 0;
  while (Date.now() < end) {
    const answer = so();
    // The database may be away just now.
    if (await Promise.resolve(answer).catch(() => false)) return true;
    if (world && Date.now() >= nextTick) {
      nextTick = Date.now() + 1000;
      await world.tick().catch(() => {});
    }
    await wait(typeof answer === 'boolean' ? 20 : 250);
  }
  return false;
}

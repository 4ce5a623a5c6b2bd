// One day of Paperboy on this machine: bundled papers behind a stand-in for the Hugging Face API, a mail catcher, the
// embedded database, and the service itself, unchanged. `--once` ends it when the digest has arrived.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startClock, startWorkers } from '../jobs/schedule.ts';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { publish } from '../src/editions/publish.ts';
import { addDays, dayOf, startOf } from '../src/lib/day.ts';
import { ingestWindow } from '../src/papers/ingest.ts';
import { listen } from '../src/web/server.ts';
import { openInbox } from './inbox.ts';
import { freePort } from './ports.ts';
import { startStandIn } from './stand-in.ts';
import { steps } from './steps.ts';

/** The days of the bundled papers. The demo's clock goes from one morning to the next, and stops at the last one's 08:05 in Berlin. */
const DAYS = ['2026-05-18', '2026-05-19', '2026-05-20'] as const;
const LAST = DAYS[2];
const READER = { email: 'ada@example.org', timeZone: 'Europe/Berlin', sendHour: 8 };
const TOPICS = ['LLM agents', 'video generation', 'reinforcement learning', '"world model"'];
const MAILS = '.data/demo';

const once = process.argv.includes('--once');
const { step, say } = steps();
const started = performance.now();
const ending: (() => Promise<unknown> | unknown)[] = [];
const end = async (code: number) => {
  for (const close of ending.splice(0).reverse()) await close();
  process.exit(code);
};
process.once('SIGINT', () => void end(0));
process.once('SIGTERM', () => void end(0));

try {
  await demo();
  if (once) await end(0);
} catch (error) {
  console.error(error);
  await end(1);
}

async function demo(): Promise<void> {
  say('Paperboy demo: everything on this machine, nothing leaves it.\n');
  const [site, web, smtp] = [await freePort(3000), await freePort(1080), await freePort(1025)];
  for (const [name, { port, taken }, wanted] of [
    ['site', site, 3000],
    ['inbox', web, 1080],
    ['SMTP', smtp, 1025],
  ] as const)
    if (taken) say(`Port ${wanted} is taken, so the ${name} is on port ${port}.`);

  const clock = demoClock();
  const inbox = await step('mail catcher', async () => openInbox({ smtp: smtp.port, web: web.port }));
  ending.push(inbox.close);
  const standIn = await startStandIn({
    folder: fileURLToPath(new URL('papers', import.meta.url)),
    today: () => dayOf(clock.now()),
  });
  ending.push(standIn.close);

  const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-demo-'));
  ending.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    DATA_DIR: dataDir,
    PORT: String(site.port),
    BASE_URL: `http://localhost:${site.port}`,
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Paperboy <digest@paperboy.example>',
    SOURCES: 'huggingface',
    HF_URL: standIn.url,
    LOG_LEVEL: 'error',
  });
  const app = await step(
    'database',
    () => createApp(config, { now: clock.now }),
    () => 'embedded Postgres, new tables',
  );
  ending.push(app.close);
  const server = await listen(app);
  ending.push(server.close);
  await startWorkers(app);
  ending.push(startClock(app));

  for (const day of DAYS) {
    const [edition] = await step(
      'edition',
      async () => {
        clock.set(`${day}T23:40:00Z`);
        const reports = await ingestWindow(app);
        clock.set(`${addDays(day, 1)}T02:00:00Z`);
        return [await publish(app, { date: day }), reports] as const;
      },
      ([edition, reports]) =>
        edition.status === 'held'
          ? `${day} is held: ${edition.why}`
          : `${day}: ${reports.reduce((sum, { papers }) => sum + papers, 0)} papers read, ${edition.papers} in the edition`,
    );
    if (edition.status === 'held') throw new Error(edition.why);
  }
  clock.set(`${addDays(LAST, 1)}T06:05:00Z`);

  await step(
    'sign up',
    () => post(`${config.baseUrl}/subscribe`, { ...READER, topics: TOPICS.join('\n') }),
    () => `${READER.email}: ${TOPICS.join(', ')}`,
  );
  const confirmation = await step(
    'confirmation',
    () => inbox.next(READER.email, /confirm/i),
    ({ subject }) => subject,
  );
  const link = /https?:\/\/\S+\/confirm\/[\w-]+/.exec(confirmation.text)?.[0];
  if (!link) throw new Error('The confirmation bears no link.');
  await step(
    'confirm',
    () => post(link, {}),
    () => 'by the button behind its link',
  );
  await step(
    'welcome',
    () => inbox.next(READER.email, /welcome/i),
    ({ subject }) => subject,
  );
  // The clock would do this within a minute; the demo does not wait for it.
  await app.queue.send('compose', {}, { key: 'compose' });
  const digest = await step(
    'digest',
    () => inbox.next(READER.email, /./),
    ({ subject }) => `“${subject}”`,
  );

  mkdirSync(MAILS, { recursive: true });
  const files = { eml: digest.raw, html: digest.html, txt: digest.text };
  const names = Object.entries(files).map(([ending, content]) => {
    const name = join(MAILS, `digest-${LAST}.${ending}`);
    writeFileSync(name, content);
    return name;
  });
  say(`\n  The digest     ${names.join('  ')}`);
  if (!once) say(`  The site       ${config.baseUrl}\n  The inbox      http://localhost:${web.port}`);
  const took = `All of it took ${((performance.now() - started) / 1000).toFixed(1)} s.`;
  say(`\n${once ? took : `${took} Look around; Ctrl-C ends it.`}`);
}

/** A clock that runs on from wherever it is set to. */
function demoClock() {
  let [from, base] = [performance.now(), startOf(DAYS[0]).getTime()];
  return {
    now: () => new Date(base + performance.now() - from),
    set: (instant: string) => {
      [from, base] = [performance.now(), Date.parse(instant)];
    },
  };
}

async function post(url: string, fields: Record<string, string | number>): Promise<void> {
  const body = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
}

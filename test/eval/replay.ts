// Weeks of recorded lists, day by day, for five invented readers: what each digest would have been, to be read by eye.
// Everything runs as in service (ingest, publish, compose, deliver); only the source and the mail server are stood in for.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import { startStandIn } from '../../demo/stand-in.ts';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Choices } from '../../src/delivery/choices.ts';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import type { Frequency } from '../../src/generated/enums.ts';
import { addDays, dayOf, startOf } from '../../src/lib/day.ts';
import { silent } from '../../src/lib/log.ts';
import { slots } from '../../src/lib/slots.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { addExample } from '../../src/subscribers/examples.ts';
import { parseTopic, saveTopics } from '../../src/topics/topic.ts';

type Reader = {
  name: string;
  topics: string[];
  frequency?: Frequency;
  popularity?: number;
  maxPapers?: number;
  trending?: boolean;
  /** Asks at once for more, or less, like each paper of the first digest whose title has the word. */
  more?: RegExp;
  less?: RegExp;
};

const READERS: Reader[] = [
  { name: 'agents', topics: ['LLM agents', 'tool use', 'reinforcement learning reasoning -survey'] },
  { name: 'vision', topics: ['video generation', '"world model"', '3D reconstruction'], maxPapers: 6 },
  { name: 'quiet', topics: ['protein folding', 'speech recognition', 'quantum'], trending: false },
  { name: 'weekly', topics: ['diffusion language models', 'LLM inference efficiency'], frequency: 'weekly' },
  {
    name: 'taste',
    topics: ['multimodal', 'benchmark'],
    popularity: 0.2,
    maxPapers: 8,
    more: /video/i,
    less: /medical|agent/i,
  },
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const folder = positionals[0];
if (folder === undefined) {
  console.error(
    `node test/eval/replay.ts FOLDER [FIRST] [LAST] [--out MAILS]
FOLDER has YYYY-MM-DD.json in the shape of daily_papers; into MAILS every mail goes as .eml, .html and .txt.`,
  );
  process.exit(2);
}
const days = readdirSync(folder).flatMap((name) => /^(\d{4}-\d\d-\d\d)\.json$/.exec(name)?.[1] ?? []);
const last = positionals[2] ?? days.sort().at(-1) ?? '';
const first = positionals[1] ?? addDays(last, -41);

let clock = startOf(first);
const dataDir = mkdtempSync(join(tmpdir(), 'paperboy-replay-'));
/** What was sent last, by address. */
const mails = new Map<string, Buffer>();
const source = await startStandIn({ folder, today: () => dayOf(clock) });
const app = await createApp(
  loadConfig({
    DATA_DIR: dataDir,
    HF_URL: source.url,
    SOURCES: 'huggingface',
    SECRET: 'only for a replay of days',
  }),
  {
    log: silent,
    now: () => new Date(clock),
    smtp: {
      connections: 50,
      slots: slots(50),
      send: async ({ to, raw }) => {
        mails.set(to, raw);
        return { accepted: true, text: '250 OK' };
      },
      close: () => {},
    },
  },
);
try {
  for (const reader of READERS) await subscribe(app, reader);
  for (let day = first; day <= last; day = addDays(day, 1)) await play(app, day);
} finally {
  await app.close();
  await source.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function subscribe({ db, now }: App, { name, topics, more: _, less: __, ...preferences }: Reader) {
  const parsed = topics.map(parseTopic).flatMap((topic) => (topic.ok ? [topic.topic] : []));
  const ids = await saveTopics(db, parsed, now());
  const email = `${name}@example.org`;
  const status = 'active' as const;
  const wanted = { create: ids.map((topicId, position) => ({ topicId, position })) };
  await db.subscriber.create({
    data: { email, emailKey: email, status, createdAt: now(), topics: wanted, ...preferences },
  });
}

async function play(app: App, day: string): Promise<void> {
  const { db } = app;
  clock = new Date(`${day}T22:00:00Z`);
  await ingest(app, { date: day });
  clock = new Date(`${addDays(day, 1)}T02:00:00Z`);
  const edition = await publish(app, { date: day });
  clock = new Date(`${addDays(day, 1)}T08:00:00Z`);
  await compose(app);
  await deliverDue(app);
  const deliveries = await db.delivery.findMany({
    where: { editionDate: startOf(day) },
    include: { subscriber: true },
    orderBy: { subscriber: { email: 'asc' } },
  });
  console.log(`\n=== ${day} ${edition.status}, ${'papers' in edition ? edition.papers : 0} papers`);
  for (const { subscriber, status, reason, choices } of deliveries) {
    const name = subscriber.email.replace(/@.*/, '');
    console.log(`\n${name}: ${status}${reason ? ` (${reason})` : ''}`);
    if (choices) await show(mails.get(subscriber.email), `${day}-${name}`);
    if (choices) await print(app, choices as Choices);
    if (choices) await react(app, subscriber.id, name, choices as Choices);
  }
}

/** Prints a mail's subject, and keeps all of it where that is wanted. */
async function show(mail: Buffer | undefined, name: string): Promise<void> {
  if (!mail) return;
  const { subject, text, html } = await simpleParser(mail);
  console.log(`  “${subject}”`);
  if (!options.out) return;
  mkdirSync(options.out, { recursive: true });
  const parts = { eml: mail, txt: text ?? '', html: html || '' };
  for (const [kind, part] of Object.entries(parts)) writeFileSync(join(options.out, `${name}.${kind}`), part);
}

async function print({ db }: App, { papers, trending }: Choices): Promise<void> {
  const ids = [...papers, ...trending].map(({ id }) => id);
  const titles = new Map(
    (await db.paper.findMany({ where: { id: { in: ids } } })).map((p) => [p.id, p.title]),
  );
  for (const { id, topic, reasons } of [...papers, ...trending])
    console.log(
      `  ${(topic ?? '(trending)').slice(0, 22).padEnd(22)}  ${titles.get(id)?.slice(0, 84)}\n${' '.repeat(26)}${reasons.join(' · ')}`,
    );
}

async function react(app: App, id: string, name: string, { papers, trending }: Choices): Promise<void> {
  const reader = READERS.find((one) => one.name === name);
  if (!reader?.more || (await app.db.example.count({ where: { subscriberId: id } })) > 0) return;
  for (const choice of [...papers, ...trending]) {
    const paper = await app.db.paper.findUniqueOrThrow({ where: { id: choice.id } });
    const kind = reader.more.test(paper.title) ? 'more' : reader.less?.test(paper.title) ? 'less' : null;
    if (!kind) continue;
    await addExample(app, id, paper.id, kind);
    console.log(`  asks for ${kind} like ${paper.title.slice(0, 70)}`);
  }
}

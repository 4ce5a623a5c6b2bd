// Weeks of recorded lists, day by day, for five invented readers: what each digest would have been, to be read by eye.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import type { App } from '../../src/app.ts';
import type { Choices } from '../../src/delivery/choices.ts';
import { addDays } from '../../src/lib/day.ts';
import { daysIn } from './lists.ts';
import { type Played, play } from './play.ts';

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
const last = positionals[2] ?? daysIn(folder).at(-1) ?? '';
const first = positionals[1] ?? addDays(last, -41);

await play({ folder, first, last, reread: 1 }, print);

async function print(app: App, { day, edition, digests }: Played): Promise<void> {
  console.log(`\n=== ${day} ${edition.status}, ${'papers' in edition ? edition.papers : 0} papers`);
  for (const { reader, status, reason, choices, mail, asked } of digests) {
    console.log(`\n${reader.name}: ${status}${reason ? ` (${reason})` : ''}`);
    if (!choices) continue;
    await show(mail, `${day}-${reader.name}`);
    await list(app, choices);
    for (const line of asked) console.log(`  ${line}`);
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

async function list({ db }: App, { papers, trending }: Choices): Promise<void> {
  const ids = [...papers, ...trending].map(({ id }) => id);
  const titles = new Map(
    (await db.paper.findMany({ where: { id: { in: ids } } })).map((p) => [p.id, p.title]),
  );
  for (const { id, topic, reasons } of [...papers, ...trending])
    console.log(
      `  ${(topic ?? '(trending)').slice(0, 22).padEnd(22)}  ${titles.get(id)?.slice(0, 84)}\n${' '.repeat(26)}${reasons.join(' · ')}`,
    );
}

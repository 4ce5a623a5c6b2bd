import { fileURLToPath } from 'node:url';
import { startStandIn } from '../../../demo/stand-in.ts';
import { ingest as ingestDay } from '../../../src/papers/ingest.ts';
import type { Case } from '../case.ts';
import { median, ratioOf, rounds } from '../rounds.ts';
import { openWorld, type World } from '../world.ts';

const DAY = '2026-05-19';

/** A day of the demo's papers read from a source that answers at once, and stored, against a bare write for each. */
export const ingest: Case = async ({ server, quick }) => {
  await using world = await openWorld({ server, topics: 10 });
  const source = await startStandIn({
    folder: fileURLToPath(new URL('../../../demo/papers', import.meta.url)),
    today: () => DAY,
  });
  const { config } = world.app;
  const app = {
    ...world.app,
    config: { ...config, huggingface: { ...config.huggingface, url: source.url } },
  };
  const milliseconds = async (run: () => Promise<unknown>) => {
    const began = performance.now();
    await run();
    return performance.now() - began;
  };
  const ours = async () => {
    const [report] = await ingestDay(app, { date: DAY });
    if (report?.outcome !== 'ok') throw new Error(`The day was not read: ${JSON.stringify(report)}`);
  };
  await ours();
  const measured = await rounds(quick ? 5 : 15, {
    ours: () => milliseconds(ours),
    writes: () => milliseconds(() => writeEach(app.db, source.url)),
  });
  await source.close();
  return [
    {
      id: 'ingest',
      what: 'a day of 20 papers read and stored',
      value: median(measured.ours),
      unit: 'ms',
      ratio: {
        to: `the list read, and a bare UPDATE for each paper (${median(measured.writes).toPrecision(3)} ms)`,
        value: ratioOf(measured.ours, measured.writes),
        better: 'less',
      },
    },
  ];
};

/** Without parsing, abbreviations, signals or a record of the run. */
async function writeEach(db: World['app']['db'], url: string): Promise<void> {
  const answer = await fetch(`${url}/api/daily_papers?date=${DAY}&limit=50&p=0`);
  const list = (await answer.json()) as { paper: { id: string; title: string; summary: string } }[];
  for (const { paper } of list) {
    const written = await db.$executeRaw`
      UPDATE papers SET title = ${paper.title}, abstract = ${paper.summary},
        lexemes = to_tsvector('english', ${`${paper.title} ${paper.summary}`})
      WHERE id = ${paper.id}`;
    if (written !== 1) throw new Error(`${paper.id} was not stored before.`);
  }
}

import { fileURLToPath } from 'node:url';
import { startStandIn } from '../../../demo/stand-in.ts';
import { ingest as ingestDay } from '../../../src/papers/ingest.ts';
import type { Case } from '../case.ts';
import { median } from '../rounds.ts';
import { openWorld } from '../world.ts';

/** A day of the demo's papers read from a source that answers at once, and stored. */
export const ingest: Case = async ({ server, quick }) => {
  await using world = await openWorld({ server, topics: 10 });
  const source = await startStandIn({
    folder: fileURLToPath(new URL('../../../demo/papers', import.meta.url)),
  });
  const { config } = world.app;
  const app = {
    ...world.app,
    config: { ...config, huggingface: { ...config.huggingface, url: source.url } },
  };
  const took: number[] = [];
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    const began = performance.now();
    const [report] = await ingestDay(app, { date: '2026-05-19' });
    if (report?.outcome !== 'ok') throw new Error(`The day was not read: ${JSON.stringify(report)}`);
    took.push(performance.now() - began);
  }
  await source.close();
  return [{ id: 'ingest', what: 'a day of 20 papers read and stored', value: median(took), unit: 'ms' }];
};

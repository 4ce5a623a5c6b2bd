import { setTimeout as wait } from 'node:timers/promises';
import { compose } from '../../../src/digests/compose.ts';
import { searchPapers } from '../../../src/topics/search.ts';
import { parseTopic } from '../../../src/topics/topic.ts';
import type { Bench, Case, Line } from '../case.ts';
import { papersOf, storePapers, topicsOf } from '../load.ts';
import { openSink } from '../peers.ts';
import { median, millisecondsOf } from '../rounds.ts';
import { openWorld, type World } from '../world.ts';

/** What visitors wait for: a search in many papers, the first page while digests are sent, and a service that starts. */
export const reading: Case = async (bench) => {
  await using sink = await openSink();
  await using world = await openWorld({ server: bench.server, smtp: sink.url });
  // More than can be sent while the first page is asked for.
  await world.readers(bench.quick ? 10_000 : 30_000);
  return [...(await firstPage(world)), ...(await search(world, bench))];
};

/** `/` as fast as sixteen clients can ask for it, on the service at rest and while it sends. */
async function firstPage(world: World): Promise<Line[]> {
  const service = world.start({ name: 'service', env: { ROLE: 'all' } });
  await service.up;
  const url = `http://127.0.0.1:${service.port()}/`;
  await asked(url, 1);
  const atRest = await asked(url, 3);
  await compose(world.app);
  await wait(1000);
  const atWork = await asked(url, 3);
  const waiting = await world.app.db.delivery.count({ where: { status: 'queued' } });
  if (waiting === 0) throw new Error('The run was over before the first page had been measured.');
  service.signal('SIGTERM');
  await service.ended;
  return [
    {
      id: 'page-at-work',
      what: 'GET / while digests are sent',
      value: atWork,
      unit: 'pages/s',
      ratio: { to: `the same at rest (${atRest.toFixed(0)}/s)`, value: atWork / atRest, better: 'more' },
    },
  ];
}

async function asked(url: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let pages = 0;
  const client = async () => {
    while (performance.now() < end) {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
      pages += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return pages / seconds;
}

async function search({ app, edition }: World, { quick }: Bench): Promise<Line[]> {
  const papers = quick ? 10_000 : 100_000;
  await storePapers(app, papersOf(papers, edition));
  await app.db.$executeRawUnsafe('ANALYZE papers, signals');
  const topics = topicsOf(40).flatMap((query) => {
    const parsed = parseTopic(query);
    return parsed.ok ? [parsed.topic] : [];
  });
  const took: number[] = [];
  for (const topic of topics)
    took.push(await millisecondsOf(() => searchPapers(app, topic, { limit: 20 }), 1));
  return [
    {
      id: 'search',
      what: `search in ${papers.toLocaleString('en')} papers, median of ${took.length}`,
      value: median(took),
      unit: 'ms',
    },
  ];
}

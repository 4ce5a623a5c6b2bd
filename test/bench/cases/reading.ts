import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { compose } from '../../../src/digests/compose.ts';
import { addDays } from '../../../src/lib/day.ts';
import { searchPapers } from '../../../src/topics/search.ts';
import { parseTopic } from '../../../src/topics/topic.ts';
import type { Bench, Case, Line } from '../case.ts';
import { papersOf, storePapers, topicsOf } from '../load.ts';
import { openSink } from '../peers.ts';
import { median, millisecondsOf } from '../rounds.ts';
import { openWorld, type World } from '../world.ts';

/** What visitors wait for: the first page at rest and while digests are sent, and a search in many papers. */
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
      id: 'page-at-rest',
      what: 'GET / while nothing else is done',
      value: atRest,
      unit: 'pages/s',
      ratio: { to: '1,000/s', value: atRest / 1000, better: 'more', goal: 1 },
    },
    {
      id: 'page-at-work',
      what: 'GET / while digests are sent',
      value: atWork,
      unit: 'pages/s',
      ratio: { to: `the same at rest (${atRest.toFixed(0)}/s)`, value: atWork / atRest, better: 'more' },
    },
  ];
}

/** By a client that costs less than `fetch`, which would take more of the cores than the page. */
async function asked(url: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const end = performance.now() + seconds * 1000;
  let pages = 0;
  const client = async (_: unknown, n: number) => {
    // Each is somebody else, for one may not ask for so much.
    const headers = { 'Accept-Encoding': 'gzip', 'X-Forwarded-For': `10.0.0.${n}` };
    while (performance.now() < end) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      get(url, { agent, headers }, (response) => {
        response.resume().on('error', reject).on('end', resolve);
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}.`));
      }).on('error', reject);
      await promise;
      pages += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  agent.destroy();
  return pages / seconds;
}

/** Days over which the papers are spread: 400 a day are what arXiv lists in the categories of the default. */
const DAYS = 250;

/** Besides pairs of words what costs most: common words alone, phrases and sides of them. */
const COSTLY = ['model', 'learning', 'language model', '"language model"', 'diffusion OR video', 'cat:cs.LG'];

async function search({ app, edition }: World, { quick }: Bench): Promise<Line[]> {
  const papers = quick ? 10_000 : 100_000;
  const spread = papersOf(papers, edition).map((paper, n) => ({
    ...paper,
    listedOn: addDays(edition, -(n % DAYS)),
  }));
  await storePapers(app, spread);
  await app.db.$executeRawUnsafe('VACUUM ANALYZE papers, signals');
  const topics = [...topicsOf(34), ...COSTLY].flatMap((query) => {
    const parsed = parseTopic(query);
    return parsed.ok ? [parsed.topic] : [];
  });
  const took: number[] = [];
  for (const topic of topics)
    took.push(await millisecondsOf(() => searchPapers(app, topic, { limit: 20 }), 1));
  took.sort((one, other) => one - other);
  const slow = took[Math.floor(0.95 * took.length)] ?? 0;
  const many = papers.toLocaleString('en');
  return [
    {
      id: 'search',
      what: `search in ${many} papers, median of ${took.length}`,
      value: median(took),
      unit: 'ms',
      ratio: { to: '60 ms', value: median(took) / 60, better: 'less', goal: 1 },
    },
    {
      id: 'search-slow',
      what: `search in ${many} papers, the slowest but one of twenty`,
      value: slow,
      unit: 'ms',
      ratio: { to: '200 ms', value: slow / 200, better: 'less', goal: 1 },
    },
  ];
}

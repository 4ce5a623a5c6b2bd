import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { publish } from '../../src/editions/publish.ts';
import { silent } from '../../src/lib/log.ts';
import { createWeb } from '../../src/web/server.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';

const PAGES = [
  '/',
  '/?date=2026-05-06',
  '/?topic=speculative+decoding',
  '/week/2026-W19',
  '/month/2026-05',
  '/archive',
  '/search?q=speculative+decoding',
  '/feed.atom',
  '/feed.json?topics=speculative+decoding',
  '/api/papers?q=speculative+decoding',
  '/api/papers?date=2026-05-06',
  '/api/editions',
  '/api/editions/latest',
];

/** The site beside a replica, and what it logs. The replica is the same database, as one that cannot be written to. */
async function siteWith(replicaOf: (url: string) => string) {
  const { config, db, ...first } = await testApp();
  await addPapers({ db }, [{ id: '2605.00001', title: 'Speculative decoding' }]);
  await publish({ ...first, config, db }, { date: '2026-05-06' });
  const warnings: string[] = [];
  const app = await createApp(
    { ...config, databaseReplicaUrl: replicaOf(config.databaseUrl ?? '') },
    {
      log: {
        ...silent,
        info: () => {},
        error: () => {},
        debug: () => {},
        warn: (_: unknown, text?: string) => warnings.push(text ?? ''),
      },
      now: first.now,
    },
  );
  onTestFinished(() => app.close());
  const web = createWeb(app);
  const statuses = () => Promise.all(PAGES.map(async (page) => [page, (await web.request(page)).status]));
  return { db, statuses, warnings };
}

const all = (status: number) => PAGES.map((page) => [page, status]);

// The embedded database has no replica.
test.skipIf(!process.env.DATABASE_URL)(
  'pages about papers and editions are read from the replica',
  async () => {
    const readOnly = encodeURIComponent('-c default_transaction_read_only=on');
    const { db, statuses, warnings } = await siteWith(
      (url) => `${url}&application_name=replica&options=${readOnly}`,
    );
    expect(await statuses()).toEqual(all(200));
    const [connections] = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'replica'`;
    expect(connections?.n).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  },
);

test.skipIf(!process.env.DATABASE_URL)(
  'while the replica is away they are read from the database itself, which is said once',
  async () => {
    const { statuses, warnings } = await siteWith((url) =>
      url.replace(/host=[^&]+/, 'host=/tmp/nobody-is-here'),
    );
    expect(await statuses()).toEqual(all(200));
    expect(await statuses()).toEqual(all(200));
    expect(warnings).toEqual(['the replica is away: the database reads too']);
  },
);

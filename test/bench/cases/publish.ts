import { matchMissing } from '../../../src/editions/matching.ts';
import { startOf } from '../../../src/lib/day.ts';
import type { Case } from '../case.ts';
import { topicsOf } from '../load.ts';
import { median, ratioOf, rounds } from '../rounds.ts';
import { openWorld } from '../world.ts';

/** The topics of an edition of 300 papers matched, against one full-text query for each topic. */
export const publish: Case = async ({ server, quick }) => {
  const topics = quick ? 1_000 : 5_000;
  await using world = await openWorld({ server, topics });
  const { app, edition, topicIds } = world;
  const day = startOf(edition);
  const seconds = async (run: () => Promise<unknown>) => {
    const began = performance.now();
    await run();
    return (performance.now() - began) / 1000;
  };
  const measured = await rounds(3, {
    ours: async () => {
      await app.db.$executeRaw`DELETE FROM edition_topics`;
      return seconds(() => matchMissing(app, edition, topicIds));
    },
    queries: () =>
      seconds(async () => {
        for (const query of topicsOf(topics))
          await app.db.$queryRaw`
            SELECT id FROM edition_papers JOIN papers ON id = paper_id
            WHERE edition_date = ${day}::date AND lexemes @@ websearch_to_tsquery('english', ${query})`;
      }),
  });
  return [
    {
      id: 'publish',
      what: `300 papers matched with ${topics} topics`,
      value: median(measured.ours),
      unit: 's',
      ratio: {
        to: `a query for each topic (${median(measured.queries).toPrecision(3)} s)`,
        value: ratioOf(measured.ours, measured.queries),
        better: 'less',
        goal: 0.2,
      },
    },
  ];
};

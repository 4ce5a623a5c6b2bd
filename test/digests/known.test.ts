import { beforeEach, describe, expect, test } from 'vitest';
import { knownOf } from '../../src/digests/known.ts';
import { type Edition, loadEdition } from '../../src/editions/edition.ts';
import { likenessTo } from '../../src/editions/likeness.ts';
import { startOf } from '../../src/lib/day.ts';
import { addExample } from '../../src/subscribers/examples.ts';
import { testApp } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const DAY = '2026-05-06';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
await addEdition(app, [
  { id: '2601.00001', title: 'Protein folding with diffusion', listedOn: '2026-01-01' },
  { id: '2605.00001', title: 'Folding proteins faster by diffusion', votes: 50 },
  { id: '2605.00002', title: 'Speculative decoding of speech', votes: 40 },
  ...Array.from({ length: 20 }, (_, n) => ({
    id: `2605.001${String(n).padStart(2, '0')}`,
    title: `Robots that walk, number ${n}`,
  })),
]);
const edition = (await loadEdition(app.db, DAY)) as Edition;
beforeEach(() => app.db.subscriber.deleteMany());

const had = async (subscriberId: string, date: string, paperIds: string[], status: 'sent' | 'failed') => {
  await app.db.edition.upsert({
    where: { date: startOf(date) },
    create: { date: startOf(date), publishedAt: app.now(), asOf: app.now(), opensAt: app.now() },
    update: {},
  });
  await app.db.delivery.create({
    data: {
      subscriberId,
      editionDate: startOf(date),
      status,
      paperIds,
      nextAttemptAt: app.now(),
      createdAt: app.now(),
    },
  });
};

describe('what choosing must know of a reader', () => {
  test('an example moves the papers that are like it, and those of its own reader only', async () => {
    const [ada, bob] = [await addReader(app), await addReader(app, { email: 'bob@example.org' })];
    await addExample(app, ada.id, '2601.00001', 'more');
    const known = await knownOf(app, edition, [
      { id: ada.id, topicIds: [] },
      { id: bob.id, topicIds: [] },
    ]);
    expect(known(ada.id).taste?.get('2605.00001')).toEqual({
      lean: 1,
      like: { title: 'Protein folding with diffusion', kind: 'more', itself: false },
    });
    expect(known(ada.id).taste?.has('2605.00002')).toBe(false);
    expect(known(bob.id).taste).toBeUndefined();
  });

  test('likeness is a cosine, the same both ways, and the same again', async () => {
    const pair = ['2605.00001', '2605.00002'];
    const found = await likenessTo(app, edition, [...pair, '2601.00001']);
    for (const likeness of found.values())
      for (const cosine of likeness.values()) {
        expect(cosine).toBeGreaterThanOrEqual(0.08);
        expect(cosine).toBeLessThanOrEqual(1);
      }
    const robots = ['2605.00100', '2605.00101'] as const;
    const both = await likenessTo(app, edition, robots);
    expect(both.get(robots[0])?.get(robots[1])).toBe(both.get(robots[1])?.get(robots[0]));
    const afresh = await likenessTo(app, { ...edition }, pair);
    expect(afresh.get('2605.00001')).toEqual(found.get('2605.00001'));
  });

  test('what was sent is known with the votes that it had in that edition; what failed was not sent', async () => {
    const { id } = await addReader(app);
    await had(id, '2026-05-04', ['2605.00001'], 'sent');
    await had(id, '2026-05-05', ['2605.00001', '2601.00001'], 'sent');
    await had(id, '2026-05-03', ['2605.00002'], 'failed');
    await app.db.editionPaper.create({
      data: {
        editionDate: startOf('2026-05-04'),
        paperId: '2605.00001',
        rank: 1,
        heat: 1,
        votes: 7,
        comments: 0,
        votesGained: 0,
        starsGained: 0,
      },
    });
    const known = await knownOf(app, edition, [{ id, topicIds: [] }]);
    expect([...known(id).sent]).toEqual([['2605.00001', { on: '2026-05-04', votes: 7, times: 2 }]]);
  });
});

import { expect, test } from 'vitest';
import { LEXER } from '../../src/papers/lexer.ts';
import { asWritten, inOrder } from '../../src/subscribers/topics.ts';
import { relex } from '../../src/topics/relex.ts';
import { saveTopics } from '../../src/topics/topic.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';
import { topic } from '../support/topics.ts';

test('what was stored by other rules is read anew', async () => {
  const app = await testApp();
  await addPapers(app, [{ id: '2605.00001', title: 'Large language models at work' }]);
  await app.db.$transaction((tx) => saveTopics(tx, [topic('llm "at work"')], app.now()));
  const state = () => app.db.$queryRaw`
    SELECT papers.lexemes::text, papers.lexed_by, topics.lexed_by AS by, topic_ways.lexemes AS words, must::text, phrases, phrase_tokens FROM papers, topics JOIN topic_ways ON topic_id = topics.id`;
  await app.db.paper.updateMany({ data: { lexedBy: LEXER } });
  const before = await state();
  await app.db.$executeRaw`UPDATE papers SET lexemes = '', lexed_by = 'old'`;
  await app.db.$executeRaw`UPDATE topics SET lexed_by = 'old'`;
  await app.db.$executeRaw`UPDATE topic_ways SET lexemes = '{}', must = NULL`;
  expect(await relex(app)).toBe(2);
  expect(await state()).toEqual(before);
  expect(await relex(app)).toBe(0);
});

test('topics that an earlier version told apart become one, and no reader loses theirs', async () => {
  const app = await testApp();
  const ada = await addReader(app, { topics: ['Poincaré maps', 'sea ice OR glaciers'] });
  const bob = await addReader(app, { email: 'bob@example.org', topics: ['cross-modal agents'] });
  const stored: [now: string, before: string][] = [
    ['poincare maps', 'poincaré maps'],
    ['glaciers OR sea ice', 'sea ice OR glaciers'],
    ['cross modal agents', 'cross-modal agents'],
  ];
  for (const [query, before] of stored)
    await app.db.topic.update({ where: { query }, data: { query: before, lexedBy: 'old' } });
  const eve = await addReader(app, {
    email: 'eve@example.org',
    topics: ['poincare maps', 'sea ice OR glaciers'],
  });
  // Eve has one of them twice, and Bob's is of a time when nothing but the shared row was kept.
  await app.db.subscriberTopic.create({
    data: { subscriberId: eve.id, topicId: ada.topicIds[0] ?? '', position: 2, written: 'Poincaré maps' },
  });
  await app.db.subscriberTopic.updateMany({ where: { subscriberId: bob.id }, data: { written: null } });

  expect(await relex(app)).toBe(3);
  const topicsOf = async (subscriberId: string) => {
    const topics = await app.db.subscriberTopic.findMany({ where: { subscriberId }, ...inOrder });
    return asWritten(topics).map(({ query }) => query);
  };
  expect(await topicsOf(ada.id)).toEqual(['Poincaré maps', 'sea ice OR glaciers']);
  expect(await topicsOf(bob.id)).toEqual(['cross-modal agents']);
  expect(await topicsOf(eve.id)).toEqual(['poincare maps', 'sea ice OR glaciers']);
  const had = await app.db.topic.findMany({
    where: { subscribers: { some: {} } },
    orderBy: { query: 'asc' },
    include: { _count: { select: { subscribers: true, ways: true } } },
  });
  expect(had.map(({ query, _count }) => [query, _count])).toEqual([
    ['cross modal agents', { subscribers: 1, ways: 1 }],
    ['glaciers OR sea ice', { subscribers: 2, ways: 2 }],
    ['poincare maps', { subscribers: 2, ways: 1 }],
  ]);
});

test('a topic that reads as before keeps what the model of meaning made of it', async () => {
  const app = await testApp();
  const ids = await app.db.$transaction((tx) =>
    saveTopics(tx, ['glaciers', 'sea ice', 'penguins'].map(topic), app.now()),
  );
  const [same = '', renamed = '', otherRules = ''] = ids;
  await app.db.wayVector.createMany({
    data: ids.map((topicId) => ({ topicId, position: 0, model: 'm', whole: Buffer.alloc(8) })),
  });
  await app.db.topic.updateMany({ data: { lexedBy: LEXER } });
  await app.db.topic.update({ where: { id: renamed }, data: { query: 'sea-ice' } });
  await app.db.topic.update({ where: { id: otherRules }, data: { lexedBy: 'old' } });
  expect(await relex(app)).toBe(3);
  expect((await app.db.wayVector.findMany()).map(({ topicId }) => topicId)).toEqual([same]);
});

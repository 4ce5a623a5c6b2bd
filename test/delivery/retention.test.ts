import { expect, test } from 'vitest';
import { forget } from '../../src/delivery/retention.ts';
import { publish } from '../../src/editions/publish.ts';
import { parseSignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { testApp } from '../support/app.ts';
import { addIngest, addPapers } from '../support/papers.ts';

const NOTHING = { signals: 0, matches: 0, topics: 0, ingests: 0, feedback: 0 };

test('what is old and asked for no more is forgotten, and nothing else', async () => {
  const app = await testApp({ env: { SOURCES: 'huggingface' } });
  for (const [email, topics] of [
    ['ada@example.org', 'speculative decoding'],
    ['gone@example.org', 'protein folding'],
  ]) {
    const parsed = parseSignUp({ email, topics });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    await subscribe(app, parsed.signUp);
  }
  const paper = { id: '2605.00001', title: 'Speculative decoding' };
  await addPapers(app, [
    { ...paper, votes: 1 },
    { ...paper, votes: 5, measuredAt: '2026-05-06T20:00:00Z' },
  ]);
  await publish(app, { date: '2026-05-06' });
  await app.db.subscriber.delete({ where: { emailKey: 'gone@example.org' } });
  await app.db.feedback.create({ data: { id: 'mail:1', kind: 'bounce-soft', receivedAt: app.now() } });
  expect(await forget(app)).toEqual(NOTHING);

  app.setNow('2027-05-07T09:00:00Z');
  await addPapers(app, [{ id: '2705.00001', title: 'Speculative decoding again', listedOn: '2027-05-06' }]);
  await publish(app, { date: '2027-05-06' });
  await addIngest(app, { date: '2027-05-06', startedAt: '2027-05-07T08:00:00Z' });
  expect(await forget(app)).toEqual({ signals: 1, matches: 3, topics: 1, ingests: 1, feedback: 1 });
  expect(await forget(app)).toEqual(NOTHING);
  // The paper keeps the signals that it was last seen with, the reader the topic, and the new edition its matches.
  expect(await app.db.signal.findMany({ where: { paperId: paper.id } })).toMatchObject([{ votes: 5 }]);
  expect(await app.db.topic.findMany({ select: { query: true } })).toEqual([
    { query: 'speculative decoding' },
  ]);
  expect(await app.db.topicMatch.count()).toBe(1);
  expect(await app.db.edition.count()).toBe(2);
});

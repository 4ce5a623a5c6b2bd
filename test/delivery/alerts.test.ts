import { beforeEach, describe, expect, test } from 'vitest';
import { pauseSending, resumeSending } from '../../src/delivery/breaker.ts';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { watch } from '../../src/delivery/watch/alerts.ts';
import { troubles } from '../../src/delivery/watch/troubles.ts';
import { takeVitals, type Vitals } from '../../src/delivery/watch/vitals.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { appWithMailbox } from '../support/app.ts';
import { addEdition, addIngest, addPapers } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const well: Vitals = {
  at: new Date('2026-05-07T09:00:00Z'),
  due: { date: '2026-05-06', published: true, hoursLate: 7, held: null },
  latest: { date: '2026-05-06', publishedAt: new Date('2026-05-07T02:00:00Z') },
  sources: [{ name: 'huggingface', ageSeconds: 3600, error: 'It answered 500.', papers: 41 }],
  deliveries: [],
  waiting: { count: 3, oldestSeconds: 60 },
  latency: null,
  week: { sent: 1000, bounced: 20, complained: 3 },
  readers: [],
  sending: { state: 'flows' },
  queues: [],
};

const old = { name: 'arxiv', ageSeconds: 27 * 3600, papers: null } as const;

describe('what is wrong', () => {
  test('is nothing as long as every limit is kept, to the last', () => {
    expect(troubles(well)).toEqual([]);
  });

  test.each<[string, Partial<Vitals>, RegExp]>([
    [
      'no edition',
      { due: { date: '2026-05-06', published: false, hoursLate: 5.5, held: 'No source was read.' } },
      /^The edition of 2026-05-06 is 5 hours late\. No source was read\.$/,
    ],
    ['stale arxiv', { sources: [{ ...old, error: null }] }, /^arXiv was last read 27 hours ago\.$/],
    ['stale arxiv', { sources: [{ ...old, error: 'It answered 503.' }] }, /27 hours ago: It answered 503\.$/],
    [
      'stale arxiv',
      { sources: [{ ...old, ageSeconds: null, error: 'It answered 503.' }] },
      /^arXiv was never read: It answered 503\.$/,
    ],
    ['refused', { sending: { state: 'refused', reason: '554 5.7.1' } }, /554 5\.7\.1/],
    ['waiting', { waiting: { count: 7, oldestSeconds: 3700 } }, /7 mails wait.* 61 minutes/],
    [
      'paused',
      { waiting: { count: 7, oldestSeconds: 6 * 3600 }, sending: { state: 'paused' } },
      /paused, and 7 mails wait, .* 6 hours/,
    ],
    ['complaints', { week: { sent: 1000, bounced: 0, complained: 4 } }, /0\.40 %/],
    ['bounces', { week: { sent: 1000, bounced: 21, complained: 0 } }, /2\.10 %/],
  ])('is told: %s', (name, change, text) => {
    expect(troubles({ ...well, ...change })).toEqual([{ name, text: expect.stringMatching(text) }]);
  });

  test('is nothing yet in a house so new that nobody has tried to read a source', () => {
    const due = { date: '2026-05-06', published: false, hoursLate: 7, held: null };
    expect(troubles({ ...well, due, sources: [{ ...old, ageSeconds: null, error: null }] })).toEqual([]);
  });

  test('is not that mail waits while the operator holds it back for some hours, nor one complaint among a few mails', () => {
    const waiting = { count: 7, oldestSeconds: 6 * 3600 - 1 };
    expect(troubles({ ...well, waiting, sending: { state: 'paused' } })).toEqual([]);
    expect(troubles({ ...well, week: { sent: 100, bounced: 5, complained: 1 } })).toEqual([]);
  });
});

describe('the operator', async () => {
  const hooked: string[] = [];
  let hookStatus = 200;
  const { app, mailbox } = await appWithMailbox({
    env: {
      SOURCES: 'huggingface',
      ALERT_EMAIL: 'ops@paperboy.test',
      ALERT_WEBHOOK: 'https://hooks.test/x',
    },
    fetch: async (_url, init) => {
      hooked.push(JSON.parse(String(init?.body)).text);
      return new Response('', { status: hookStatus });
    },
  });
  beforeEach(async () => {
    await app.db.$executeRaw`TRUNCATE alerts, ingests, papers, editions, subscribers, breakers CASCADE`;
    mailbox.mails.length = 0;
    mailbox.refuse.clear();
    hooked.length = 0;
    hookStatus = 200;
    app.setNow('2026-05-07T09:00:00Z');
  });
  const subjects = () => mailbox.mails.map(({ parsed }) => parsed.subject).sort();

  const fail = () =>
    addIngest(app, { outcome: 'failed', error: 'It answered 503.', startedAt: '2026-05-06T08:00:00Z' });

  test('is told once of what goes wrong, by mail and by webhook, and once when it is well again', async () => {
    await fail();
    await watch(app);
    await watch(app);
    expect(subjects()).toEqual([
      'Paperboy: Hugging Face was never read: It answered 503.',
      'Paperboy: The edition of 2026-05-06 is 7 hours late. No source was read for 2026-05-06: Hugging Face failed (It answered 503).',
    ]);
    expect(hooked.sort()).toEqual(subjects());
    mailbox.mails.length = 0;
    await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await publish(app, { date: '2026-05-06' });
    await watch(app);
    await watch(app);
    expect(subjects()).toEqual([
      'Paperboy: Well again: Hugging Face was never read: It answered 503.',
      'Paperboy: Well again: The edition of 2026-05-06 is 7 hours late. No source was read for 2026-05-06: Hugging Face failed (It answered 503).',
    ]);
  });

  test('is told at the next look of what could not be told', async () => {
    await addIngest(app, { date: '2026-05-07', startedAt: '2026-05-07T08:00:00Z' });
    mailbox.refuse.set('ops@paperboy.test', '450 4.2.0 later');
    hookStatus = 500;
    await watch(app);
    expect(await app.db.alert.findMany()).toMatchObject([{ name: 'no edition', toldAt: null }]);
    mailbox.refuse.clear();
    await watch(app);
    expect(subjects()).toHaveLength(1);
  });

  test('is told at the next look that it is well again, when nobody took it at first', async () => {
    await fail();
    await watch(app);
    mailbox.mails.length = 0;
    await addPapers(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await publish(app, { date: '2026-05-06' });
    mailbox.refuse.set('ops@paperboy.test', '450 4.2.0 later');
    hookStatus = 500;
    await watch(app);
    expect(subjects()).toEqual([]);
    mailbox.refuse.clear();
    await watch(app);
    await watch(app);
    expect(subjects()).toEqual([
      expect.stringContaining('Well again: Hugging Face'),
      expect.stringContaining('Well again: The edition'),
    ]);
  });

  test('is told of a pause that was forgotten, however often delivery has looked in vain', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await compose(app);
    await pauseSending(app);
    for (const at of ['2026-05-07T12:00:00Z', '2026-05-07T15:00:00Z']) {
      app.setNow(at);
      await deliverDue(app);
    }
    await watch(app);
    expect(subjects()).toContainEqual(expect.stringMatching(/paused, and 1 mail waits, .* 6 hours/));
  });

  test('is told once by two processes that look at the same time', async () => {
    await fail();
    await Promise.all([watch(app), watch(app)]);
    expect(subjects()).toHaveLength(2);
  });

  test('holds mail back and lets it flow again, and nobody loses a digest', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding' }]);
    await compose(app);
    await pauseSending(app);
    expect(await deliverDue(app)).toMatchObject({ sent: 0, deferred: 0, failed: 0 });
    expect((await takeVitals(app)).sending).toEqual({ state: 'paused' });
    app.setNow('2026-05-07T09:10:00Z');
    expect(await deliverDue(app)).toMatchObject({ sent: 0 });
    await resumeSending(app);
    app.setNow('2026-05-07T09:20:00Z');
    expect(await deliverDue(app)).toMatchObject({ sent: 1 });
    expect(mailbox.mails).toHaveLength(1);
  });
});

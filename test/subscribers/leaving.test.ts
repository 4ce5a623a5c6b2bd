import { beforeEach, describe, expect, test } from 'vitest';
import { dataOf } from '../../src/subscribers/data.ts';
import { departuresSince, tellWhy } from '../../src/subscribers/departures.ts';
import { parseLostLink, sendLostLink } from '../../src/subscribers/lost-link.ts';
import { pause } from '../../src/subscribers/pause.ts';
import { resubscribe, undoableLeaving } from '../../src/subscribers/resubscribe.ts';
import { erase, eraseReader, suppress, unsuppress } from '../../src/subscribers/suppression.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { testApp } from '../support/app.ts';
import { confirmedReader, signUp } from '../support/readers.ts';

let id: string;
const app = await testApp();
const wishes = { topics: 'world models\nrobotics', sendHour: 7 };
beforeEach(async () => {
  app.setNow('2026-05-07T09:00:00Z');
  await app.db.subscriber.deleteMany();
  await app.db.suppression.deleteMany();
  await app.db.departure.deleteMany();
  id = await confirmedReader(app, wishes);
});

const row = () => app.db.subscriber.findUniqueOrThrow({ where: { id }, include: { topics: true } });
const letters = async (kind: string) =>
  (await app.db.letter.findMany({ where: { subscriberId: id } })).filter((letter) => letter.kind === kind)
    .length;
const leave = async () => {
  await unsubscribe(app, id);
  const leaving = await undoableLeaving(app, id);
  if (!leaving) throw new Error('Nothing to undo.');
  return leaving;
};

describe('undoing', () => {
  test('brings a reader back as they were, without a new confirmation, however often it is pressed', async () => {
    const before = await row();
    const leaving = await leave();
    app.setNow('2026-05-14T08:59:59Z');
    const all = await Promise.all([1, 2, 3].map(() => resubscribe(app, leaving)));
    expect(all.map(({ status }) => status).sort()).toEqual(['already', 'already', 'resubscribed']);
    expect(await row()).toEqual({ ...before, changedAt: app.now() });
    expect(await undoableLeaving(app, id)).toBeNull();
  });

  test('is possible for seven days', async () => {
    const leaving = await leave();
    app.setNow('2026-05-14T09:00:00Z');
    expect(await undoableLeaving(app, id)).toBeNull();
    expect(await resubscribe(app, leaving)).toEqual({ status: 'gone' });
    expect((await row()).status).toBe('unsubscribed');
  });

  test('an old link says nothing about a later leaving', async () => {
    const first = await leave();
    await resubscribe(app, first);
    app.setNow('2026-05-08T09:00:00Z');
    await leave();
    expect(await resubscribe(app, first)).toEqual({ status: 'gone' });
    expect((await row()).status).toBe('unsubscribed');
  });

  test('makes nobody a reader who had not confirmed', async () => {
    const first = await leave();
    app.setNow('2026-05-09T09:00:00Z');
    await signUp(app, { topics: 'something that a stranger chose' });
    expect(await resubscribe(app, first)).toEqual({ status: 'gone' });
    await unsubscribe(app, id);
    expect(await undoableLeaving(app, id)).toBeNull();
    expect(await resubscribe(app, { id, at: app.now() })).toEqual({ status: 'gone' });
    expect((await row()).status).toBe('unsubscribed');
  });

  test('does not bring back whoever complained, was erased, or was freed by the operator', async () => {
    const leaving = await leave();
    await suppress(app, [id], 'complaint');
    expect(await resubscribe(app, leaving)).toEqual({ status: 'gone' });
    await unsuppress(app, 'ada@example.org');
    expect(await undoableLeaving(app, id)).toBeNull();
    expect(await resubscribe(app, leaving)).toEqual({ status: 'gone' });
    await erase(app, 'ada@example.org');
    expect(await resubscribe(app, leaving)).toEqual({ status: 'gone' });
    expect(await app.db.subscriber.count()).toBe(0);
  });

  test('an address that became suppressed after the leaving stays so', async () => {
    const leaving = await leave();
    await suppress(app, [id], 'the mailbox does not exist');
    await app.db.subscriber.update({ where: { id }, data: { status: 'unsubscribed' } });
    expect(await resubscribe(app, leaving)).toEqual({ status: 'gone' });
  });
});

describe('a goodbye', () => {
  test('is written once, when two leave with one subscription at the same instant', async () => {
    await Promise.all([1, 2, 3].map(() => unsubscribe(app, id)));
    expect(await letters('goodbye')).toBe(1);
  });

  test('is written once a day, however often somebody leaves and comes back', async () => {
    for (let time = 0; time < 3; time++) await resubscribe(app, await leave());
    expect(await letters('goodbye')).toBe(1);
    app.setNow('2026-05-08T09:00:00Z');
    await leave();
    expect(await letters('goodbye')).toBe(2);
  });

  test('goes to nobody who had not confirmed', async () => {
    await app.db.subscriber.deleteMany();
    id = await signUp(app, wishes);
    await unsubscribe(app, id);
    expect(await letters('goodbye')).toBe(0);
  });
});

describe('why somebody left', () => {
  test('is counted once for each leaving, by day, with nothing that says who it was', async () => {
    expect(await tellWhy(app, id, 'too much')).toBe(false);
    const leaving = await leave();
    const all = await Promise.all([1, 2, 3].map(() => tellWhy(app, id, 'too much')));
    expect(all.filter(Boolean)).toHaveLength(1);
    await resubscribe(app, leaving);
    app.setNow('2026-05-08T09:00:00Z');
    await leave();
    expect(await tellWhy(app, id, 'off topic')).toBe(true);
    expect(await tellWhy(app, app.uuid(), 'off topic')).toBe(false);
    await eraseReader(app, id);
    expect(await app.db.departure.findMany({ orderBy: { day: 'asc' } })).toEqual([
      { day: new Date('2026-05-07'), reason: 'too much', count: 1 },
      { day: new Date('2026-05-08'), reason: 'off topic', count: 1 },
    ]);
    expect(await departuresSince(app, '2026-05-08')).toEqual([{ reason: 'off topic', count: 1 }]);
  });
});

describe('a lost link', () => {
  const ask = (email = 'ADA@example.org') => {
    const parsed = parseLostLink({ email });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return sendLostLink(app, parsed.address);
  };

  test.each([[{}], [null], [{ email: 'ada' }], [{ email: 'ada@example.org\r\nBcc: x@example.org' }]])(
    'of %j is refused',
    (input) => {
      expect(parseLostLink(input)).toMatchObject({ ok: false, problems: [{ message: expect.any(String) }] });
    },
  );

  test('is sent to a reader, once a day, also when many ask at once', async () => {
    await Promise.all([1, 2, 3].map(() => ask()));
    expect(await letters('preferences')).toBe(1);
    await pause(app, id, null);
    app.setNow('2026-05-08T09:00:00Z');
    await ask();
    expect(await letters('preferences')).toBe(2);
  });

  test('is not sent on a day when a letter that bears it was', async () => {
    await signUp(app, wishes);
    expect(await letters('already')).toBe(1);
    await ask();
    expect(await letters('preferences')).toBe(0);
  });

  test('of a sign-up that waits is its confirmation, once a day', async () => {
    await app.db.subscriber.deleteMany();
    id = await signUp(app, wishes);
    await ask();
    expect(await letters('confirm')).toBe(1);
    app.setNow('2026-05-08T09:00:00Z');
    await ask();
    await ask();
    expect([await letters('confirm'), await letters('preferences')]).toEqual([2, 0]);
  });

  test('goes to nobody who left, is suppressed, was erased or is not known', async () => {
    await leave();
    await ask();
    await suppress(app, [id], 'complaint');
    await ask();
    expect(await letters('preferences')).toBe(0);
    const before = await app.db.letter.count();
    await ask('nobody@example.org');
    expect([await app.db.letter.count(), await app.db.subscriber.count()]).toEqual([before, 1]);
  });
});

describe('what is held about a reader', () => {
  test('is theirs to have: all of it, and no key of ours', async () => {
    const date = new Date('2026-05-06T00:00:00Z');
    await app.db.edition.create({ data: { date, publishedAt: date, asOf: date, opensAt: date } });
    await app.db.delivery.create({
      data: {
        subscriberId: id,
        editionDate: date,
        status: 'sent',
        paperIds: ['2605.01234'],
        nextAttemptAt: date,
        createdAt: date,
      },
    });
    await app.db.feedback.create({
      data: { id: 'mail:x', kind: 'bounce-soft', subscriberId: id, detail: '4.2.2', receivedAt: date },
    });
    expect(await dataOf(app.db, id)).toMatchObject({
      subscriber: { email: 'ada@example.org', status: 'active', sendHour: 7, timeZone: 'UTC' },
      topics: ['world models', 'robotics'],
      examples: [],
      deliveries: [{ edition: '2026-05-06', status: 'sent', paperIds: ['2605.01234'] }],
      letters: [{ kind: 'confirm' }, { kind: 'welcome' }],
      feedback: [{ kind: 'bounce-soft', detail: '4.2.2' }],
    });
    expect(JSON.stringify(await dataOf(app.db, id))).not.toMatch(/lease|emailKey/);
  });

  test('is read from every table that knows readers', async () => {
    const tables = await app.db.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'subscriber_id' ORDER BY 1`;
    expect(tables.map(({ name }) => name)).toEqual([
      'deliveries',
      'examples',
      'feedback',
      'letters',
      'subscriber_topics',
    ]);
  });

  test('is theirs to delete: nothing stays but a hash, and the address cannot be signed up', async () => {
    expect(await eraseReader(app, id)).toBe(true);
    expect(await eraseReader(app, id)).toBe(false);
    expect(await dataOf(app.db, id)).toBeNull();
    expect(await app.db.suppression.findMany()).toMatchObject([{ reason: 'erased' }]);
    await expect(signUp(app)).rejects.toThrow('Nobody was signed up.');
  });
});

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePause, pause, resume, resumeDue } from '../../src/subscribers/pause.ts';
import { changePreferences, loadPreferences } from '../../src/subscribers/preferences.ts';
import { suppress } from '../../src/subscribers/suppression.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { testApp } from '../support/app.ts';
import { confirmedReader } from '../support/readers.ts';

let id: string;
const app = await testApp();
const topics = ['world models', 'robotics'];
beforeEach(async () => {
  app.setNow('2026-05-07T09:00:00Z');
  await app.db.subscriber.deleteMany();
  await app.db.suppression.deleteMany();
  id = await confirmedReader(app, { topics });
});

const statusOf = async (id: string) => (await loadPreferences(app.db, id))?.status;

describe('preferences', () => {
  test('what is given changes, the rest stays', async () => {
    expect(await changePreferences(app, id, { topics: 'optics\n\nworld models', trending: 'no' })).toEqual({
      status: 'changed',
    });
    expect(await changePreferences(app, id, { sendHour: 23, timeZone: 'Asia/Tokyo' })).toEqual({
      status: 'changed',
    });
    expect(await loadPreferences(app.db, id)).toEqual({
      email: 'ada@example.org',
      status: 'active',
      pausedUntil: null,
      topics: ['optics', 'world models'],
      timeZone: 'Asia/Tokyo',
      sendHour: 23,
      frequency: 'daily',
      maxPapers: 10,
      trending: false,
      popularity: 0.5,
    });
  });

  test('topics stay as the reader wrote them, though others share them in other capitals', async () => {
    const other = await confirmedReader(app, { topics, email: 'bob@example.org' });
    await changePreferences(app, id, { topics: ['LLM agents', '"World Model" -Survey'] });
    await changePreferences(app, other, { topics: 'llm Agents' });
    await changePreferences(app, id, { sendHour: 9 });
    expect((await loadPreferences(app.db, id))?.topics).toEqual(['LLM agents', '"World Model" -Survey']);
    expect((await loadPreferences(app.db, other))?.topics).toEqual(['llm Agents']);
    expect(await app.db.topic.count({ where: { query: 'llm agents' } })).toBe(1);
  });

  test('with one wrong field nothing changes, and every problem is told', async () => {
    const before = await loadPreferences(app.db, id);
    const change = await changePreferences(app, id, {
      topics: '',
      sendHour: 24,
      timeZone: 'Mars/Olympus',
      maxPapers: 5,
      popularity: 2,
    });
    expect(change).toMatchObject({ status: 'refused' });
    expect('problems' in change && change.problems.map(({ field }) => field).sort()).toEqual([
      'popularity',
      'sendHour',
      'timeZone',
      'topics',
    ]);
    expect(await loadPreferences(app.db, id)).toEqual(before);
  });

  test('whoever has left has none to change', async () => {
    await unsubscribe(app, id);
    expect(await changePreferences(app, id, { maxPapers: 1 })).toEqual({ status: 'gone' });
    expect(await changePreferences(app, app.uuid(), { maxPapers: 1 })).toEqual({ status: 'gone' });
    expect(await loadPreferences(app.db, app.uuid())).toBeNull();
  });
});

describe('leaving', () => {
  const date = new Date('2026-05-06T00:00:00Z');
  beforeAll(async () => {
    await app.db.edition.create({ data: { date, publishedAt: date, asOf: date, opensAt: date } });
  });
  const delivery = (subscriberId: string, status: 'queued' | 'sending' | 'sent') =>
    app.db.delivery.create({
      data: { subscriberId, editionDate: date, status, nextAttemptAt: date, createdAt: date },
    });

  test('skips the digest that waits, and nobody else’s', async () => {
    const other = await confirmedReader(app, { topics, email: 'grace@example.org' });
    await delivery(id, 'queued');
    await delivery(other, 'queued');
    await unsubscribe(app, id);
    await unsubscribe(app, id);
    expect(await statusOf(id)).toBe('unsubscribed');
    expect(await statusOf(other)).toBe('active');
    const rows = await app.db.delivery.findMany();
    expect(rows.find(({ subscriberId }) => subscriberId === id)).toMatchObject({
      status: 'skipped',
      reason: 'unsubscribed',
      settledAt: app.now(),
    });
    expect(rows.find(({ subscriberId }) => subscriberId === other)).toMatchObject({ status: 'queued' });
  });

  test.each(['sending', 'sent'] as const)('does not rewrite a digest that is %s', async (status) => {
    await delivery(id, status);
    await unsubscribe(app, id);
    expect(await app.db.delivery.findFirstOrThrow()).toMatchObject({ status, reason: null });
  });

  test('keeps the day of the first time, and a suppression', async () => {
    await unsubscribe(app, id);
    app.setNow('2026-05-08T09:00:00Z');
    await unsubscribe(app, id);
    expect(await app.db.subscriber.findFirstOrThrow()).toMatchObject({
      unsubscribedAt: new Date('2026-05-07T09:00:00Z'),
    });
    await suppress(app, [id], 'complaint');
    await unsubscribe(app, id);
    expect(await statusOf(id)).toBe('suppressed');
  });

  test('is no error for a reader who is not known any more', async () => {
    await expect(unsubscribe(app, app.uuid())).resolves.toBeUndefined();
  });

  test('a suppressed reader gets nothing that waits', async () => {
    await delivery(id, 'queued');
    await suppress(app, [id, app.uuid()], 'the mailbox does not exist');
    expect(await app.db.delivery.findFirstOrThrow()).toMatchObject({
      status: 'skipped',
      reason: 'the mailbox does not exist',
    });
    expect(await app.db.suppression.count()).toBe(1);
  });
});

describe('a pause', () => {
  const now = new Date('2026-05-07T23:30:00Z');
  const read = (input: unknown, timeZone = 'UTC') => {
    const parsed = parsePause(input, { timeZone, now });
    return parsed.ok ? (parsed.until?.toISOString() ?? 'no end') : parsed.problems;
  };

  test.each([
    [{}, /how long/],
    [null, /how long/],
    [{ days: '8' }, /how long/],
    [{ days: -1 }, /how long/],
    [{ until: '' }, /Choose the day/],
    [{ until: 'tomorrow' }, /Choose the day/],
    [{ until: '2026-02-30' }, /Choose the day/],
    [{ until: '2026-05-07' }, /after today/],
    [{ until: '2020-01-01' }, /after today/],
    [{ until: '2027-05-09' }, /within a year/],
    [{ until: '9999-12-31' }, /within a year/],
  ])('is refused for %j', (input, message) => {
    expect(read(input)).toEqual([{ field: 'until', message: expect.stringMatching(message) }]);
  });

  test('lasts until a day begins on the reader’s own clock', () => {
    expect(read({ until: '2026-05-08' })).toBe('2026-05-08T00:00:00.000Z');
    expect(read({ until: '2026-06-01' }, 'Europe/Berlin')).toBe('2026-05-31T22:00:00.000Z');
    expect(read({ days: '7' })).toBe('2026-05-14T00:00:00.000Z');
    // It is the 8th there already.
    expect(read({ days: '7' }, 'Asia/Tokyo')).toBe('2026-05-14T15:00:00.000Z');
    expect(read({ until: '2026-05-08' }, 'Asia/Tokyo')).toEqual([
      expect.objectContaining({ field: 'until' }),
    ]);
    expect(read({ days: 'open' })).toBe('no end');
  });

  test('ends by itself on its day', async () => {
    expect(await pause(app, id, new Date('2026-05-14T09:00:00Z'))).toBe(true);
    expect(await loadPreferences(app.db, id)).toMatchObject({
      status: 'paused',
      pausedUntil: new Date('2026-05-14T09:00:00Z'),
    });
    app.setNow('2026-05-14T08:59:59Z');
    expect(await resumeDue(app)).toBe(0);
    app.setNow('2026-05-14T09:00:00Z');
    expect(await resumeDue(app)).toBe(1);
    expect(await statusOf(id)).toBe('active');
  });

  test('without an end lasts until it is ended', async () => {
    await pause(app, id, null);
    app.setNow('2030-01-01T00:00:00Z');
    expect(await resumeDue(app)).toBe(0);
    expect(await resume(app, id)).toBe(true);
    expect(await resume(app, id)).toBe(false);
    expect(await statusOf(id)).toBe('active');
  });

  test('is nothing for whoever has left', async () => {
    await unsubscribe(app, id);
    expect(await pause(app, id, null)).toBe(false);
    expect(await resume(app, id)).toBe(false);
    expect(await statusOf(id)).toBe('unsubscribed');
  });
});

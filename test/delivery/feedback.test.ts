import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Feedback, takeFeedback, withBounce } from '../../src/delivery/feedback.ts';
import { confirm } from '../../src/subscribers/confirm.ts';
import { pause } from '../../src/subscribers/pause.ts';
import { parseSignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { erase, unsuppress } from '../../src/subscribers/suppression.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { testApp } from '../support/app.ts';
import { confirmedReader, signUp } from '../support/readers.ts';

const app = await testApp();
const date = new Date('2026-05-06T00:00:00Z');
for (const day of ['2026-05-06', '2026-05-07'])
  await app.db.edition.create({
    data: { date: new Date(day), publishedAt: date, asOf: date, opensAt: date, notes: [] },
  });
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback CASCADE`;
  app.setNow('2026-05-07T09:00:00Z');
});

/** A confirmed reader, and a digest that was sent to them. */
async function reader(email = 'ada@example.org') {
  const id = await confirmedReader(app, { email });
  return { id, email, delivery: await delivery(id, 'sent', '2026-05-06') };
}

async function delivery(subscriberId: string, status: 'sent' | 'queued' | 'sending', day: string) {
  const at = app.now();
  const { id } = await app.db.delivery.create({
    data: { subscriberId, editionDate: new Date(day), status, createdAt: at, nextAttemptAt: at },
  });
  return id;
}

let n = 0;
const told = (fields: Partial<Feedback>): Feedback => ({
  id: `test:${++n}`,
  kind: 'bounce-hard',
  detail: '5.1.1',
  at: app.now(),
  ...fields,
});
const take = (fields: Partial<Feedback>) => takeFeedback(app, told(fields));
const stateOf = (id: string) => app.db.subscriber.findUniqueOrThrow({ where: { id } });
const reasons = async () => (await app.db.suppression.findMany()).map(({ reason }) => reason);

describe('feedback', () => {
  test.each([
    ['bounce-hard', 'suppressed', ['the mailbox does not exist']],
    ['complaint', 'suppressed', ['complaint']],
    ['unsubscribe', 'unsubscribed', []],
  ] as const)('%s makes the reader %s, and skips at once what waits for them', async (kind, status, why) => {
    const { id, delivery: sent } = await reader();
    const waiting = await delivery(id, 'queued', '2026-05-07');
    expect(await take({ kind, deliveryId: sent })).toBe(status);
    expect((await stateOf(id)).status).toBe(status);
    expect(await reasons()).toEqual(why);
    expect(await app.db.delivery.findUniqueOrThrow({ where: { id: waiting } })).toMatchObject({
      status: 'skipped',
      reason: status === 'unsubscribed' ? 'unsubscribed' : why[0],
    });
    expect((await app.db.delivery.findUniqueOrThrow({ where: { id: sent } })).status).toBe('sent');
    expect(await app.db.feedback.findMany()).toEqual([
      expect.objectContaining({ kind, subscriberId: id, deliveryId: sent, detail: '5.1.1' }),
    ]);
  });

  test('is taken once, however often and by however many it is told', async () => {
    const { id } = await reader();
    const bounce = told({ kind: 'bounce-soft', subscriberId: id, detail: '4.2.2' });
    const all = await Promise.all(Array.from({ length: 6 }, () => takeFeedback(app, bounce)));
    expect(all.toSorted()).toEqual(['counted', 'repeat', 'repeat', 'repeat', 'repeat', 'repeat']);
    expect(await takeFeedback(app, bounce)).toBe('repeat');
    expect((await stateOf(id)).softBounces).toBe(1);
  });

  test('of several kinds at once is all counted', async () => {
    const { id } = await reader();
    await Promise.all(Array.from({ length: 4 }, () => take({ kind: 'bounce-soft', subscriberId: id })));
    expect((await stateOf(id)).softBounces).toBe(4);
  });

  test('finds the reader by the message, then by the reader’s id, then by the address', async () => {
    const ada = await reader('ada@example.org');
    const bob = await reader('Bob@example.org');
    const eve = await reader('eve@example.org');
    const nobody = randomUUID();
    await take({ deliveryId: ada.delivery, subscriberId: bob.id, address: eve.email });
    await take({ deliveryId: nobody, subscriberId: bob.id, address: eve.email, kind: 'complaint' });
    await take({
      deliveryId: 'no id',
      subscriberId: nobody,
      address: ' <EVE@EXAMPLE.ORG> ',
      kind: 'unsubscribe',
    });
    const states = await app.db.subscriber.findMany({ orderBy: { emailKey: 'asc' } });
    expect(states.map(({ status }) => status)).toEqual(['suppressed', 'suppressed', 'unsubscribed']);
    expect((await reasons()).toSorted()).toEqual(['complaint', 'the mailbox does not exist']);
  });

  test('of a letter is of its reader', async () => {
    const id = await signUp(app);
    const letter = await app.db.letter.findFirstOrThrow();
    expect(await take({ deliveryId: letter.id })).toBe('suppressed');
    expect((await stateOf(id)).status).toBe('suppressed');
    expect(await app.db.feedback.findFirst()).toMatchObject({ subscriberId: id, deliveryId: null });
  });

  test.each([
    {},
    { deliveryId: randomUUID() },
    { subscriberId: randomUUID() },
    { address: 'nobody@example.org' },
    { address: 'no address' },
    { deliveryId: '', subscriberId: "'; DROP TABLE subscribers", address: '\0' },
  ])('that names no reader of ours leaves no trace: %o', async (whom) => {
    const { id } = await reader();
    const before = await stateOf(id);
    for (const kind of ['bounce-hard', 'bounce-soft', 'complaint', 'unsubscribe'] as const)
      expect(await take({ kind, ...whom })).toBe('nobody');
    expect(await stateOf(id)).toEqual(before);
    expect(await app.db.feedback.count()).toBe(0);
    expect(await app.db.suppression.count()).toBe(0);
  });

  test('stores no address, whatever a mail server writes', async () => {
    const { id } = await reader();
    await take({ subscriberId: id, detail: `550 <ada@example.org> unknown\r\n${'x'.repeat(500)}` });
    const { detail } = await app.db.feedback.findFirstOrThrow();
    expect(detail).toMatch(/^550 \[address\] unknownx+$/);
    expect(detail).toHaveLength(100);
  });

  test('that comes when the database is away is lost to nobody: it fails', async () => {
    const { id } = await reader();
    const db = { $transaction: () => Promise.reject(new Error('the database is away')) } as never;
    await expect(takeFeedback({ ...app, db }, told({ subscriberId: id }))).rejects.toThrow('away');
  });
});

describe('feedback in any order', () => {
  test.each([
    ['a hard bounce', { kind: 'bounce-hard' }, 'suppressed'],
    ['a complaint', { kind: 'complaint' }, 'suppressed'],
    ['an unsubscribe', { kind: 'unsubscribe' }, 'unsubscribed'],
  ] as const)('a soft bounce after %s changes nothing', async (_what, first, status) => {
    const { id } = await reader();
    await take({ ...first, subscriberId: id });
    const before = await stateOf(id);
    for (let i = 0; i < 10; i++) expect(await take({ kind: 'bounce-soft', subscriberId: id })).toBe('late');
    expect(await stateOf(id)).toEqual(before);
    expect(before.status).toBe(status);
  });

  test('ends in the same state and with the same suppression', async () => {
    const kinds = ['bounce-hard', 'bounce-soft', 'complaint', 'unsubscribe'] as const;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...kinds, ...kinds], { minLength: 1 }), async (order) => {
        await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback CASCADE`;
        const { id } = await reader();
        for (const kind of order) await take({ kind, subscriberId: id });
        const complained = order.includes('complaint');
        const dead = order.includes('bounce-hard');
        const left = order.includes('unsubscribe');
        expect((await stateOf(id)).status).toBe(
          complained || dead ? 'suppressed' : left ? 'unsubscribed' : 'active',
        );
        expect(await reasons()).toEqual(
          complained ? ['complaint'] : dead ? ['the mailbox does not exist'] : [],
        );
      }),
      { numRuns: 12 },
    );
  });

  test('a bounce of a message from before the reader’s confirmation changes nothing any more', async () => {
    const { id, delivery: old } = await reader();
    await unsubscribe(app, id);
    app.setNow('2026-05-09T09:00:00Z');
    await signUp(app);
    await confirm(app, id);
    for (const kind of ['bounce-hard', 'bounce-soft'] as const)
      expect(await take({ kind, deliveryId: old })).toBe('late');
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 0 });
    expect(await take({ kind: 'complaint', deliveryId: old })).toBe('suppressed');
  });

  test('a paused reader is suppressed, and not woken at the end of the pause', async () => {
    const { id } = await reader();
    await pause(app, id, new Date('2026-06-01T00:00:00Z'));
    await take({ subscriberId: id });
    expect(await stateOf(id)).toMatchObject({ status: 'suppressed', pausedUntil: null });
  });
});

describe('soft bounces', () => {
  const day = (date: number, hour = 9) => `2026-05-${String(date).padStart(2, '0')}T0${hour}:00:00Z`;

  test('of seven digests in a row suppress the reader', async () => {
    const { id } = await reader();
    const outcomes: string[] = [];
    for (let date = 7; date <= 13; date++) {
      app.setNow(day(date));
      outcomes.push(await take({ kind: 'bounce-soft', subscriberId: id }));
    }
    expect(outcomes).toEqual([...Array(6).fill('counted'), 'suppressed']);
    expect(await reasons()).toEqual(['too many soft bounces']);
  });

  test('of one digest a week never do', async () => {
    const { id } = await reader();
    for (let week = 0; week < 30; week++) {
      app.setNow(new Date(Date.UTC(2026, 4, 7 + 7 * week)).toISOString());
      expect(await take({ kind: 'bounce-soft', subscriberId: id })).toBe('counted');
    }
    expect((await stateOf(id)).softBounces).toBeLessThanOrEqual(2);
  });

  test('that speak of us count against nobody', async () => {
    const { id } = await reader();
    for (let i = 0; i < 20; i++)
      expect(await take({ kind: 'bounce-soft', subscriberId: id, ours: true, detail: '5.7.1' })).toBe(
        'noted',
      );
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 0 });
    expect(await app.db.feedback.count()).toBe(20);
  });

  test('from the future are as of now', async () => {
    const { id } = await reader();
    await take({ kind: 'bounce-soft', subscriberId: id, at: new Date('2096-01-01T00:00:00Z') });
    expect((await stateOf(id)).softBouncedAt).toEqual(app.now());
  });

  test('halve in a week', () => {
    const once = withBounce({ softBounces: 0, softBouncedAt: null }, new Date(day(1)));
    expect(withBounce(once, new Date(day(8))).softBounces).toBeCloseTo(1.5, 10);
    expect(withBounce(once, new Date(day(15))).softBounces).toBeCloseTo(1.25, 10);
  });

  test('add up to the same in any order', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 0, max: 60 * 24 }), { minLength: 1, maxLength: 12 });
    const sum = (hours: number[]) =>
      hours
        .map((hour) => new Date(Date.UTC(2026, 4, 1, hour)))
        .reduce<Parameters<typeof withBounce>[0]>(withBounce, { softBounces: 0, softBouncedAt: null });
    fc.assert(
      fc.property(
        instants.chain((hours) =>
          fc.tuple(fc.constant(hours), fc.shuffledSubarray(hours, { minLength: hours.length })),
        ),
        ([hours, shuffled]) => {
          const [one, other] = [sum(hours), sum(shuffled)];
          expect(other.softBouncedAt).toEqual(one.softBouncedAt);
          expect(other.softBounces).toBeCloseTo(one.softBounces, 8);
          expect(one.softBounces).toBeGreaterThanOrEqual(1);
          expect(one.softBounces).toBeLessThanOrEqual(hours.length + 1e-9);
        },
      ),
    );
  });
});

describe('a suppressed address that signs up again', () => {
  const letters = () => app.db.letter.count({ where: { kind: 'confirm' } });

  test.each(['bounce-hard', 'bounce-soft'] as const)(
    'after a %s is asked to confirm, stays suppressed until it does, and is then a reader like any other',
    async (kind) => {
      const { id } = await reader();
      for (let i = 0; i < 6; i++) await take({ kind, subscriberId: id });
      expect((await stateOf(id)).status).toBe('suppressed');
      app.setNow('2026-06-07T09:00:00Z');
      await signUp(app, { email: 'Ada@example.org' });
      expect((await stateOf(id)).status).toBe('pending');
      expect(await letters()).toBe(2);
      expect(await app.db.suppression.count()).toBe(1);
      expect(await confirm(app, id)).toEqual({ status: 'confirmed' });
      expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 0, softBouncedAt: null });
      expect(await app.db.suppression.count()).toBe(0);
    },
  );

  test('and bounces again is suppressed again', async () => {
    const { id } = await reader();
    await take({ subscriberId: id });
    app.setNow('2026-06-07T09:00:00Z');
    await signUp(app);
    const letter = await app.db.letter.findFirstOrThrow({
      where: { kind: 'confirm' },
      orderBy: { createdAt: 'desc' },
    });
    expect(await take({ deliveryId: letter.id })).toBe('suppressed');
    expect(await confirm(app, id)).toEqual({ status: 'gone' });
  });

  test('under a newer secret is lifted all the same', async () => {
    const { id } = await reader();
    await take({ subscriberId: id });
    const secrets = ['a newer secret than that', ...app.secrets];
    const parsed = parseSignUp({ email: 'ada@example.org', topics: 'world models' });
    app.setNow('2026-06-07T09:00:00Z');
    if (parsed.ok) await subscribe({ ...app, secrets }, parsed.signUp);
    await confirm({ ...app, secrets }, id);
    expect(await app.db.suppression.count()).toBe(0);
  });

  test('but whose secret is gone might have complained: nothing is sent', async () => {
    const { id } = await reader();
    await take({ subscriberId: id, kind: 'complaint' });
    const parsed = parseSignUp({ email: 'ada@example.org', topics: 'world models' });
    app.setNow('2026-06-07T09:00:00Z');
    if (parsed.ok) await subscribe({ ...app, secrets: ['a newer secret than that'] }, parsed.signUp);
    expect((await stateOf(id)).status).toBe('suppressed');
    expect(await letters()).toBe(1);
  });

  test.each([['before'], ['after']])(
    'after a complaint %s a bounce is not written to at all',
    async (order) => {
      const { id } = await reader();
      const kinds = ['complaint', 'bounce-hard'] as const;
      for (const kind of order === 'before' ? kinds : kinds.toReversed())
        await take({ kind, subscriberId: id });
      app.setNow('2026-06-07T09:00:00Z');
      await signUp(app);
      expect((await stateOf(id)).status).toBe('suppressed');
      expect(await letters()).toBe(1);
    },
  );

  test('who complains between signing up and confirming is not subscribed', async () => {
    const { id } = await reader();
    await take({ subscriberId: id });
    app.setNow('2026-06-07T09:00:00Z');
    await signUp(app);
    await take({ kind: 'complaint', subscriberId: id });
    expect(await confirm(app, id)).toEqual({ status: 'gone' });
    expect((await stateOf(id)).status).toBe('suppressed');
  });

  test('may once the operator has lifted it, and is asked to confirm', async () => {
    const { id } = await reader();
    await take({ kind: 'complaint', subscriberId: id });
    expect(await unsuppress(app, 'ADA@example.org')).toEqual({ ok: true, found: true });
    expect(await unsuppress(app, 'ada@example.org')).toEqual({ ok: true, found: false });
    expect((await stateOf(id)).status).toBe('unsubscribed');
    app.setNow('2026-06-07T09:00:00Z');
    await signUp(app);
    expect((await stateOf(id)).status).toBe('pending');
  });

  test('may after an erasure too, when the operator says so', async () => {
    const { id } = await reader();
    await take({ kind: 'bounce-soft', subscriberId: id });
    await erase(app, 'ada@example.org');
    expect(await app.db.feedback.count()).toBe(0);
    await expect(signUp(app)).rejects.toThrow('Nobody was signed up.');
    expect(await unsuppress(app, 'ada@example.org')).toEqual({ ok: true, found: true });
    expect((await stateOf(await signUp(app))).status).toBe('pending');
    expect(await unsuppress(app, 'ada')).toEqual({ ok: false, problem: expect.stringContaining('@') });
  });
});

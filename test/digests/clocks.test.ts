import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compose } from '../../src/digests/compose.ts';
import { type Clock, comesOn, slotOf } from '../../src/digests/slot.ts';
import { startOf } from '../../src/lib/day.ts';
import { confirm } from '../../src/subscribers/confirm.ts';
import { takeOver } from '../../src/subscribers/consent.ts';
import { pause, resume, resumeDue } from '../../src/subscribers/pause.ts';
import { changePreferences } from '../../src/subscribers/preferences.ts';
import { resubscribe } from '../../src/subscribers/resubscribe.ts';
import { parseSignUp } from '../../src/subscribers/subscribe.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { addReader, signUp } from '../support/readers.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});

async function openEdition(opens: string): Promise<Date> {
  await app.db.$executeRaw`TRUNCATE editions, subscribers CASCADE`;
  const opensAt = new Date(opens);
  const date = startOf('2026-05-06');
  await app.db.edition.create({ data: { date, publishedAt: opensAt, asOf: opensAt, opensAt } });
  return opensAt;
}

async function composedAt(instant: string): Promise<number> {
  app.setNow(instant);
  return (await compose(app)).composed;
}

describe('who changes after their hour was gone through gets the edition of the day all the same:', () => {
  beforeEach(async () => {
    await openEdition('2026-05-07T02:00:00Z');
    app.setNow('2026-05-07T09:00:00Z');
    await addReader(app, { email: 'bob@example.org', sendHour: 10 });
  });

  /** Bob's hour is gone through at ten; at half past ten something happens, and the minute after brings one digest more. */
  async function isMet(change: () => Promise<unknown>): Promise<void> {
    expect(await composedAt('2026-05-07T10:00:20Z')).toBe(1);
    expect(await composedAt('2026-05-07T10:10:20Z')).toBe(0);
    app.setNow('2026-05-07T10:30:00Z');
    await change();
    expect(await composedAt('2026-05-07T10:30:20Z')).toBe(1);
    expect(await composedAt('2026-05-07T10:31:20Z')).toBe(0);
  }

  test('a reader who confirms', async () => {
    const ada = await signUp(app, { sendHour: 10 });
    await isMet(() => confirm(app, ada));
  });

  test('a reader who ends a pause', async () => {
    const { id } = await addReader(app, { sendHour: 10 });
    await pause(app, id, null);
    await isMet(() => resume(app, id));
  });

  test('a reader whose pause is over', async () => {
    const { id } = await addReader(app, { sendHour: 10 });
    await pause(app, id, new Date('2026-05-07T10:30:00Z'));
    await isMet(() => resumeDue(app));
  });

  test('a reader who chooses an hour that is past', async () => {
    const { id } = await addReader(app, { topics: ['optics'], sendHour: 18 });
    await isMet(() => changePreferences(app, id, { sendHour: '9' }));
  });

  test('a reader who moves east', async () => {
    const { id } = await addReader(app, { topics: ['optics'], sendHour: 12 });
    await isMet(() => changePreferences(app, id, { timeZone: 'Asia/Tokyo' }));
  });

  test('a weekly reader who wants them daily', async () => {
    const { id } = await addReader(app, { topics: ['optics'], sendHour: 10, frequency: 'weekly' });
    await isMet(() => changePreferences(app, id, { frequency: 'daily' }));
  });

  test('a reader who takes a leaving back', async () => {
    const { id } = await addReader(app, { sendHour: 10, confirmedAt: app.now() });
    await unsubscribe(app, id);
    await isMet(() => resubscribe(app, { id, at: new Date('2026-05-07T09:00:00Z') }));
  });

  test('a reader who has not confirmed, but agreed elsewhere and is imported', async () => {
    await signUp(app);
    const parsed = parseSignUp({ email: 'ada@example.org', topics: 'optics', sendHour: 10 });
    await isMet(() => (parsed.ok ? takeOver(app, [parsed.signUp], 'at a fair') : Promise.reject(parsed)));
  });

  test('a reader whose change was committed minutes after its time', async () => {
    await isMet(() => addReader(app, { sendHour: 10, changedAt: new Date('2026-05-07T09:57:00Z') }));
  });
});

test('hours that nobody looked at are made up for, as are those before a late edition', async () => {
  await openEdition('2026-05-07T02:00:00Z');
  for (const sendHour of [3, 4, 5, 14])
    await addReader(app, { email: `at${sendHour}@example.org`, sendHour });
  expect(await composedAt('2026-05-07T03:59:00Z')).toBe(1);
  expect(await composedAt('2026-05-07T05:10:00Z')).toBe(2);
  await app.db.delivery.deleteMany();
  await app.db.edition.updateMany({ data: { composedUntil: null } });
  expect(await composedAt('2026-05-07T13:10:00Z')).toBe(3);
});

test('a run that dies is done again, and brings nobody a second digest', async () => {
  await openEdition('2026-05-07T02:00:00Z');
  for (const sendHour of [8, 9]) await addReader(app, { email: `at${sendHour}@example.org`, sendHour });
  app.setNow('2026-05-07T09:00:20Z');
  const dying = (step: string) => {
    if (step === 'composed') throw new Error('killed');
  };
  await expect(compose({ ...app, reached: dying })).rejects.toThrow('killed');
  expect(await app.db.delivery.count()).toBe(2);
  await app.db.delivery.deleteMany({ where: { subscriber: { sendHour: 9 } } });
  expect(await composedAt('2026-05-07T09:01:20Z')).toBe(1);
});

test('a machine whose clock is ahead takes nobody’s edition', async () => {
  await openEdition('2026-05-07T02:00:00Z');
  app.setNow('2026-05-07T02:00:00Z');
  for (const sendHour of [9, 14]) await addReader(app, { email: `at${sendHour}@example.org`, sendHour });
  expect(await composedAt('2026-05-08T06:00:00Z')).toBe(1);
  expect(await composedAt('2026-05-07T09:00:20Z')).toBe(1);
  expect(await composedAt('2026-05-07T14:00:20Z')).toBe(0);
});

test('a minute in which no hour comes and nobody has changed writes nothing', async () => {
  await openEdition('2026-05-07T02:00:00Z');
  app.setNow('2026-05-07T08:00:00Z');
  await addReader(app, { sendHour: 9 });
  await composedAt('2026-05-07T09:00:20Z');
  const written = () => app.db.$queryRaw`SELECT xmin::text FROM editions`;
  const before = await written();
  expect(await composedAt('2026-05-07T09:30:20Z')).toBe(0);
  expect(await written()).toEqual(before);
});

test('whatever readers do in a day, and whenever somebody looks, they get what their slot has brought, once', async () => {
  const clock = fc.record<Clock>({
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    ),
    sendHour: fc.integer({ min: 0, max: 23 }),
    frequency: fc.constantFrom('daily', 'daily', 'weekdays', 'weekly'),
  });
  const deed = fc.oneof(
    fc.record({ does: fc.constant('looks' as const) }),
    fc.record({ does: fc.constantFrom('pauses' as const, 'resumes' as const), who: fc.nat({ max: 2 }) }),
    fc.record({ does: fc.constant('changes' as const), who: fc.nat({ max: 2 }), to: clock }),
  );
  // Among them the days on which clocks are put on and back, in the north and in the south.
  const opens = fc.constantFrom(
    '2026-03-28T20:00:00Z',
    '2026-04-04T12:15:00Z',
    '2026-05-03T02:00:00Z',
    '2026-10-24T22:00:00Z',
  );
  await fc.assert(
    fc.asyncProperty(
      opens,
      fc.array(clock, { minLength: 3, maxLength: 3 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), deed), { minLength: 6, maxLength: 16 }),
      async (opensAt, clocks, day) => {
        const opened = await openEdition(opensAt);
        app.setNow(opensAt);
        const readers = [];
        for (const [n, one] of clocks.entries()) {
          const { id } = await addReader(app, { email: `r${n}@example.org`, topics: ['optics'], ...one });
          readers.push({ id, clock: one, active: true });
        }
        const due = new Set<string>();
        let now = opened.getTime();
        for (const [minutes, deed] of day) {
          now += minutes * 60_000;
          app.setNow(new Date(now).toISOString());
          const reader = 'who' in deed && readers[deed.who];
          if (!reader) {
            for (const { id, clock, active } of readers) {
              const slot = slotOf(opened, clock);
              const age = now - slot.epochMilliseconds;
              if (active && comesOn(clock.frequency, slot) && age >= 0 && age < 20 * 3_600_000) due.add(id);
            }
            await compose(app);
            const had = await app.db.delivery.findMany({ select: { subscriberId: true } });
            expect(new Set(had.map(({ subscriberId }) => subscriberId))).toEqual(due);
            expect(had.length).toBe(due.size);
          } else if (deed.does === 'changes') {
            await changePreferences(app, reader.id, { ...deed.to, sendHour: String(deed.to.sendHour) });
            reader.clock = deed.to;
          } else {
            reader.active = deed.does === 'resumes';
            await (reader.active ? resume(app, reader.id) : pause(app, reader.id, null));
          }
        }
      },
    ),
    { numRuns: 25 },
  );
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose } from '../../src/digests/compose.ts';
import { comesOn, nextSlot, slotOf } from '../../src/digests/slot.ts';
import { type TestApp, testApp } from '../support/app.ts';

const at = (opens: string, timeZone: string, sendHour: number) =>
  slotOf(new Date(opens), { timeZone, sendHour }).toInstant().toString();

describe('the slot of an edition', () => {
  test("is the first start of the subscriber's hour after the edition opens", () => {
    expect(at('2026-05-07T02:00:00Z', 'Europe/Berlin', 8)).toBe('2026-05-07T06:00:00Z');
    expect(at('2026-05-07T02:00:00Z', 'America/Los_Angeles', 8)).toBe('2026-05-07T15:00:00Z');
    expect(at('2026-05-07T02:00:00Z', 'Pacific/Kiritimati', 8)).toBe('2026-05-07T18:00:00Z');
    expect(at('2026-05-07T02:00:00Z', 'UTC', 2)).toBe('2026-05-07T02:00:00Z');
    expect(at('2026-05-07T02:00:00Z', 'UTC', 1)).toBe('2026-05-08T01:00:00Z');
  });

  test('exists once on days whose clocks skip or repeat the hour', () => {
    expect(at('2026-03-29T00:00:00Z', 'Europe/Berlin', 2)).toBe('2026-03-29T01:00:00Z');
    expect(at('2026-10-24T22:00:00Z', 'Europe/Berlin', 2)).toBe('2026-10-25T01:00:00Z');
  });

  test('of weekday readers falls on Monday to Friday, of weekly readers on Monday', () => {
    const clock = { timeZone: 'UTC', sendHour: 8 };
    const friday = {
      now: new Date('2026-05-08T09:00:00Z'),
      opensAt: new Date('2026-05-09T02:00:00Z'),
      staleAfterHours: 20,
    };
    expect(
      nextSlot({ ...clock, frequency: 'daily' }, friday)
        .toInstant()
        .toString(),
    ).toBe('2026-05-09T08:00:00Z');
    expect(
      nextSlot({ ...clock, frequency: 'weekdays' }, friday)
        .toInstant()
        .toString(),
    ).toBe('2026-05-11T08:00:00Z');
    expect(
      nextSlot({ ...clock, frequency: 'weekly' }, friday)
        .toInstant()
        .toString(),
    ).toBe('2026-05-11T08:00:00Z');
  });
});

describe('composing', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  test('asks Postgres the same question, for any zone, hour, frequency and instant', async () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Kiritimati',
      'Pacific/Pago_Pago',
      'Australia/Lord_Howe',
      'America/Santiago',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('daily' as const, 'weekdays' as const, 'weekly' as const),
        fc.integer({ min: 0, max: 366 * 24 * 4 }),
        fc.integer({ min: 0, max: 50 * 4 }),
        async (timeZone, sendHour, frequency, quarters, later) => {
          const opensAt = new Date(Date.parse('2026-01-01T00:00:00Z') + quarters * 900_000);
          const now = new Date(opensAt.getTime() + later * 900_000);
          await app.db.$executeRaw`TRUNCATE editions, subscribers CASCADE`;
          const date = new Date('2026-01-01');
          await app.db.edition.create({ data: { date, publishedAt: opensAt, asOf: opensAt, opensAt } });
          await app.db.subscriber.create({
            data: {
              email: 'a@b.example',
              emailKey: 'a@b.example',
              status: 'active',
              timeZone,
              sendHour,
              frequency,
              createdAt: now,
            },
          });
          app.setNow(now.toISOString());
          const slot = slotOf(opensAt, { timeZone, sendHour });
          const age = now.getTime() - slot.epochMilliseconds;
          const due = age >= 0 && age < 20 * 3_600_000 && comesOn(frequency, slot);
          expect((await compose(app)).composed).toBe(due ? 1 : 0);
          expect((await compose(app)).composed).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });
});

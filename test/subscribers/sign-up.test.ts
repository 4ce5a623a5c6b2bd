import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSignUp } from '../../src/subscribers/subscribe.ts';
import { DEFAULTS } from '../../src/subscribers/subscriber.ts';

const right = { email: 'ada@example.org', topics: 'world models' };

function problemsWith(fields: object) {
  const parsed = parseSignUp({ ...right, ...fields });
  return parsed.ok ? [] : parsed.problems;
}

describe('a sign-up', () => {
  test('needs an address and topics; the rest has defaults', () => {
    expect(parseSignUp(right)).toEqual({
      ok: true,
      signUp: {
        address: { email: 'ada@example.org', key: 'ada@example.org' },
        topics: [expect.objectContaining({ query: 'world models' })],
        preferences: DEFAULTS,
      },
    });
  });

  test('is read alike from a form’s texts and from JSON’s values', () => {
    const form = {
      topics: 'robotics\r\n\r\n  world models \nrobotics',
      timeZone: 'Europe/Berlin',
      sendHour: '07',
      frequency: 'weekdays',
      maxPapers: '20',
      trending: 'no',
      popularity: '0.25',
    };
    const json = {
      topics: ['robotics', 'world models'],
      timeZone: 'europe/BERLIN',
      sendHour: 7,
      frequency: 'weekdays',
      maxPapers: 20,
      trending: false,
      popularity: 0.25,
    };
    const parsed = parseSignUp({ ...right, ...form });
    expect(parsed.ok).toBe(true);
    expect(parsed).toEqual(parseSignUp({ ...right, ...json }));
  });

  test('tells all its problems at once, each with its field', () => {
    const parsed = parseSignUp({
      email: 'ada',
      topics: 'the of\nrobotics\n"open',
      timeZone: 'Mars/Olympus',
      sendHour: 24,
      frequency: 'hourly',
      maxPapers: 0,
      trending: 'perhaps',
      popularity: 1.5,
    });
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems.map(({ field }) => field)).toEqual([
      'email',
      'topics',
      'topics',
      'timeZone',
      'sendHour',
      'frequency',
      'maxPapers',
      'trending',
      'popularity',
    ]);
    expect(parsed.problems[1]?.message).toMatch(/^Topic 1: /);
    expect(parsed.problems[2]?.message).toMatch(/^Topic 3: .*quotation mark/);
  });

  test.each([
    ['timeZone', 'Mars/Olympus', /not known/],
    ['timeZone', '+01:00', /not known/],
    ['timeZone', '', /not known/],
    ['timeZone', 'Europe/Berlin'.repeat(5000), /not known/],
    ['timeZone', 7, /Choose a time zone/],
    ['sendHour', 24, /0 to 23/],
    ['sendHour', -1, /0 to 23/],
    ['sendHour', 7.5, /0 to 23/],
    ['sendHour', '', /0 to 23/],
    ['sendHour', '7e0', /0 to 23/],
    ['sendHour', null, /0 to 23/],
    ['frequency', 'hourly', /daily, weekdays or weekly/],
    ['maxPapers', 21, /1 to 20/],
    ['maxPapers', '0', /1 to 20/],
    ['trending', 'maybe', /yes or no/],
    ['popularity', -0.1, /0 to 1/],
    ['popularity', 'much', /0 to 1/],
    ['topics', '', /at least one topic/],
    ['topics', ' \n\r\n ', /at least one topic/],
    ['topics', [], /at least one topic/],
    ['topics', [1], /one on each line/],
    ['topics', { a: 'b' }, /one on each line/],
    ['topics', Array.from({ length: 100 }, (_, n) => `topic ${n}`), /At most 20 topics.*100/],
    ['topics', 'x'.repeat(10_000), /200 characters/],
    ['topics', 'the of and', /nearly every paper/],
    ['topics', '"world model', /quotation mark/],
    ['topics', '\0', /in words/],
    ['email', 7, /Write your e-mail/],
    ['email', ['ada@example.org', 'eve@example.org'], /Write your e-mail/],
  ])('is refused when %s is %j', (field, value, message) => {
    expect(problemsWith({ [field]: value })).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  test.each([[null], [undefined], ['ada@example.org'], [[right]], [7]])('is no %j', (input) => {
    expect(parseSignUp(input)).toEqual({
      ok: false,
      problems: [{ field: 'body', message: expect.any(String) }],
    });
  });

  test('never throws, and keeps its promises when it is taken', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double(),
      fc.constant('UTC'),
      fc.jsonValue(),
    );
    const fields = fc.record(
      {
        email: fc.oneof(fc.constant('ada@example.org'), value),
        topics: fc.oneof(fc.constant('robotics'), fc.array(fc.string(), { maxLength: 30 }), value),
        timeZone: value,
        sendHour: fc.oneof(fc.integer({ min: -2, max: 26 }), value),
        maxPapers: fc.oneof(fc.integer({ min: -2, max: 26 }).map(String), value),
        popularity: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, (input) => {
        const parsed = parseSignUp(input);
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          return;
        }
        const { topics, preferences } = parsed.signUp;
        expect(topics.length).toBeGreaterThanOrEqual(1);
        expect(topics.length).toBeLessThanOrEqual(20);
        expect(new Set(topics.map(({ query }) => query)).size).toBe(topics.length);
        expect(preferences.sendHour).toBeOneOf(Array.from({ length: 24 }, (_, hour) => hour));
        expect(preferences.popularity).toBeGreaterThanOrEqual(0);
        expect(preferences.popularity).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});

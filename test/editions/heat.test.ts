import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byHeat, changes, heat } from '../../src/editions/heat.ts';

const count = fc.integer({ min: 0, max: 1_000_000 });
const signals = fc.record({ votes: count, votesGained: count, comments: count, starsGained: count });
const age = fc.double({ min: 0, max: 1000, noNaN: true });

describe('heat', () => {
  test('is the formula of the design', () => {
    const value = heat({ votes: 60, votesGained: 40, comments: 3, starsGained: 10 }, 20);
    const expected = (Math.log(41) + 0.5 * Math.log(4) + 0.5 * Math.log(11) + 0.3 * Math.log(61)) / 32 ** 0.6;
    expect(value).toBeCloseTo(expected, 12);
  });

  test('more of anything never cools a paper, and time does', () => {
    fc.assert(
      fc.property(
        signals,
        age,
        fc.constantFrom('votes', 'votesGained', 'comments', 'starsGained'),
        (paper, hours, name) => {
          const now = heat(paper, hours);
          expect(heat({ ...paper, [name]: paper[name] + 1 }, hours)).toBeGreaterThan(now);
          expect(heat(paper, hours + 1)).toBeLessThanOrEqual(now);
        },
      ),
    );
  });

  test('is a number and at least 0 whatever is measured, votes taken back and clocks ahead among it', () => {
    const any = fc.integer();
    fc.assert(
      fc.property(
        fc.record({ votes: any, votesGained: any, comments: any, starsGained: any }),
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        (paper, hours) => {
          const value = heat(paper, hours);
          expect(Number.isFinite(value) && value >= 0).toBe(true);
        },
      ),
    );
  });

  test('equal heat goes by votes, comments, then id, so that the order is the same however the papers come', () => {
    const paper = fc.record({
      id: fc.string({ maxLength: 2 }),
      heat: fc.constantFrom(0, 1),
      votes: fc.constantFrom(0, 1),
      comments: fc.constantFrom(0, 1),
    });
    const papers = fc.uniqueArray(paper, { selector: ({ id }) => id });
    const pair = papers.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(other.toSorted(byHeat)).toEqual(one.toSorted(byHeat));
      }),
    );
  });
});

describe('changes', () => {
  const at = (hour: string, votes: number, comments = 0, stars: number | null = null) => ({
    measuredAt: new Date(`2026-05-${hour}:00Z`),
    votes,
    comments,
    stars,
  });
  const asOf = new Date('2026-05-07T02:00:00Z');

  test('are what was gained in the 24 hours before', () => {
    const measured = [at('05T12:00', 5, 1, 100), at('06T01:59', 20, 2, 110), at('07T01:00', 61, 4, 150)];
    expect(changes(measured, asOf, '2026-05-05')).toEqual({
      votes: 61,
      votesGained: 41,
      pace: 41,
      comments: 4,
      stars: 150,
      starsGained: 40,
    });
  });

  test('a paper first seen since then gained all its votes and none of its stars', () => {
    expect(changes([at('06T12:00', 30, 1, 900)], asOf, '2026-05-06')).toEqual({
      votes: 30,
      votesGained: 30,
      pace: 30,
      comments: 1,
      stars: 900,
      starsGained: 0,
    });
  });

  test('a repository that was found only now gained nothing', () => {
    expect(changes([at('05T12:00', 1), at('06T12:00', 1, 0, 900)], asOf, '2026-05-05')).toMatchObject({
      stars: 900,
      starsGained: 0,
    });
  });

  test('what was measured later does not count', () => {
    expect(changes([at('06T12:00', 3), at('07T03:00', 99)], asOf, '2026-05-05').votes).toBe(3);
  });

  test('a day read long after has only later measurements: the earliest stands', () => {
    expect(changes([at('20T12:00', 80), at('19T12:00', 70)], asOf, '2026-05-05')).toMatchObject({
      votes: 70,
      votesGained: 70,
    });
  });

  test('what a source that was away for days brings at once did not all come in one', () => {
    const measured = [at('03T02:00', 10, 0, 100), at('07T02:00', 90, 0, 180)];
    expect(changes(measured, asOf, '2026-05-02')).toMatchObject({ votesGained: 0, pace: 20, starsGained: 0 });
  });

  test('a list that is read late did not gain all its votes since yesterday', () => {
    expect(changes([at('07T02:00', 80)], asOf, '2026-05-03')).toMatchObject({ votes: 80, pace: 20 });
    expect(changes([at('07T02:00', 80)], asOf, '2026-05-06')).toMatchObject({ votes: 80, pace: 80 });
  });

  test('a paper that a later list lacks keeps what was seen of it', () => {
    expect(changes([at('06T02:00', 10), at('06T14:00', 40)], asOf, '2026-05-05').pace).toBe(30);
  });

  test('the pace is never less than nothing, nor more than came since the last measurement of the day before', () => {
    const hours = fc.uniqueArray(fc.integer({ min: 2, max: 96 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(hours, fc.array(fc.nat(50), { minLength: 12, maxLength: 12 }), (when, gains) => {
        let votes = 0;
        const measured = when
          .toSorted((a, b) => a - b)
          .map((hour, n) => {
            votes += gains[n] ?? 0;
            const measuredAt = new Date(Date.parse('2026-05-03T02:00:00Z') + hour * 3_600_000);
            return { measuredAt, votes, comments: 0, stars: null };
          });
        const { pace, votesGained } = changes(measured, asOf, '2026-05-03');
        expect(pace).toBeGreaterThanOrEqual(0);
        expect(pace).toBeLessThanOrEqual(votes);
        const yesterday = measured.findLast(
          ({ measuredAt }) => measuredAt <= new Date('2026-05-06T02:00:00Z'),
        );
        if (yesterday) expect(pace).toBeLessThanOrEqual(votes - yesterday.votes);
        if (votesGained > 0 && yesterday) expect(pace).toBeLessThanOrEqual(votesGained);
      }),
    );
  });

  test('votes taken back are not gained', () => {
    expect(changes([at('05T12:00', 9), at('06T12:00', 7)], asOf, '2026-05-05')).toMatchObject({
      votes: 7,
      votesGained: 0,
    });
  });

  test('a paper that nobody measures has nothing', () => {
    expect(changes([], asOf, '2026-05-05')).toEqual({
      votes: 0,
      votesGained: 0,
      pace: 0,
      comments: 0,
      stars: null,
      starsGained: 0,
    });
  });
});

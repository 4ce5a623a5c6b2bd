import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allot, takeTurns } from '../../src/delivery/pace.ts';
import { testApp } from '../support/app.ts';

describe('turns', () => {
  test('lie a step apart, for all mail and for each domain', () => {
    const turns = allot(['a.example', 'b.example', 'a.example', 'c.example'], new Map(), {
      all: 100,
      domain: 1000,
    });
    expect(turns).toEqual([{ go: 0 }, { go: 100 }, { busy: 1000 }, { go: 200 }]);
  });

  test('of a busy domain are not waited for while others could go', () => {
    const free = new Map([['domain slow.example', 3000]]);
    expect(allot(['slow.example', 'b.example'], free, { all: 100, domain: 1000 })).toEqual([
      { busy: 3000 },
      { go: 0 },
    ]);
    expect(allot(['slow.example', 'b.example'], free, { all: undefined, domain: 1000 })).toEqual([
      { go: 3000 },
      { go: 1000 },
    ]);
  });

  test('hold in every window of time, whatever is asked and however often', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const round = fc.record({
      afterMs: fc.integer({ min: 0, max: 3000 }),
      domains: fc.array(name, { maxLength: 10 }),
    });
    fc.assert(
      fc.property(
        fc.array(round, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 10 }),
        (rounds, perSecond, perDomain) => {
          const steps = { all: 1000 / perSecond, domain: 1000 / perDomain };
          const free = new Map<string, number>();
          const gone: { at: number; domain: string }[] = [];
          let now = 0;
          for (const { afterMs, domains } of rounds) {
            now += afterMs;
            const ahead = new Map([...free].map(([pace, at]) => [pace, Math.max(0, at - now)]));
            for (const [n, turn] of allot(domains, ahead, steps).entries())
              if ('go' in turn) gone.push({ at: now + turn.go, domain: domains[n] ?? '' });
            for (const [pace, ms] of ahead) free.set(pace, now + ms);
          }
          const apart = (times: number[], step: number) =>
            times.sort((a, b) => a - b).every((at, n) => n === 0 || at - (times[n - 1] ?? 0) >= step - 0.001);
          expect(
            apart(
              gone.map(({ at }) => at),
              steps.all,
            ),
          ).toBe(true);
          for (const domain of ['a', 'b', 'c'])
            expect(
              apart(
                gone.filter((one) => one.domain === domain).map(({ at }) => at),
                steps.domain,
              ),
            ).toBe(true);
        },
      ),
    );
  });
});

describe('turns over processes', async () => {
  const app = await testApp({ env: { SEND_RATE: '1000' } });

  test('are never given twice', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => takeTurns(app, Array(20).fill('x.example'))),
    );
    const [row] = await app.db.$queryRaw<{ ahead: number }[]>`
      SELECT extract(epoch FROM next_at - clock_timestamp())::float8 * 1000 AS ahead FROM paces WHERE name = 'all'`;
    const turns = all.flat().flatMap((turn) => ('go' in turn ? [turn.go] : []));
    expect(turns).toHaveLength(160);
    // 160 turns of a millisecond, less what has passed since the first.
    expect(row?.ahead).toBeLessThanOrEqual(160);
    for (const batch of all)
      expect(
        batch
          .map((turn) => ('go' in turn ? turn.go : 0))
          .every((ms, n, list) => n === 0 || ms - (list[n - 1] ?? 0) > 0.99),
      ).toBe(true);
  });
});

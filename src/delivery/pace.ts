import type { App } from '../app.ts';
import { Prisma } from '../lib/db.ts';

/** `go`: a turn is taken, in so many milliseconds. `busy`: none is free for so long; ask again then. */
export type Turn = { go: number } | { busy: number };

/** Nobody is told to wait longer for a turn than this; later ones are not given away yet. */
export const PATIENCE_MS = 5000;

/**
 * Gives messages their turns, so that SEND_RATE and DOMAIN_RATE hold over all processes and restarts: each pace keeps
 * the instant of its next free turn in one row, turns lie at least 1/rate apart, and so no stretch of time, wherever it
 * begins, has more of them than its length allows (the generic cell rate algorithm, ITU-T I.371, without a burst).
 * Limiters that count in fixed windows let twice the rate through around a window's end. The clock is the database's.
 *
 * @param domains the recipient's domain of each message
 */
export async function takeTurns({ db, config }: App, domains: string[]): Promise<Turn[]> {
  const { all, domain } = config.rates;
  if (all === undefined && domain === undefined) return domains.map(() => ({ go: 0 }));
  const steps = { all: all && 1000 / all, domain: domain && 1000 / domain };
  const names = [...(all ? [ALL] : []), ...(domain ? new Set(domains.map(paceOf)) : [])];
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO paces (name, next_at) SELECT name, clock_timestamp() FROM unnest(${names}::text[]) AS name
      ON CONFLICT (name) DO NOTHING`;
    // Locked in one order by everybody, so that nobody waits in a circle.
    await tx.$executeRaw`SELECT FROM paces WHERE name = ANY (${names}) ORDER BY name FOR UPDATE`;
    const rows = await tx.$queryRaw<{ name: string; ms: number }[]>`
      SELECT name, extract(epoch FROM next_at - clock_timestamp())::float8 * 1000 AS ms
      FROM paces WHERE name = ANY (${names})`;
    const free = new Map(rows.map(({ name, ms }) => [name, Math.max(0, ms)]));
    const turns = allot(domains, free, steps);
    const next = [...free].map(([name, ms]) => Prisma.sql`(${name}, ${ms}::float8)`);
    await tx.$executeRaw`
      UPDATE paces SET next_at = clock_timestamp() + next.ms * interval '1 millisecond'
      FROM (VALUES ${Prisma.join(next)}) AS next (name, ms) WHERE paces.name = next.name`;
    return turns;
  });
}

/**
 * The turns of messages in their order, given in how many milliseconds each pace is free next; moves these on. A domain
 * that is not free yet takes no turn of the others away.
 *
 * @param steps milliseconds between two turns; undefined: no limit
 */
export function allot(
  domains: string[],
  free: Map<string, number>,
  steps: { all: number | undefined; domain: number | undefined },
): Turn[] {
  return domains.map((domain) => {
    const name = paceOf(domain);
    const everybody = free.get(ALL) ?? 0;
    const turn = Math.max(everybody, free.get(name) ?? 0);
    const idle = steps.all !== undefined && turn > everybody + steps.all;
    if (idle || turn > PATIENCE_MS) return { busy: turn };
    if (steps.all !== undefined) free.set(ALL, turn + steps.all);
    if (steps.domain !== undefined) free.set(name, turn + steps.domain);
    return { go: turn };
  });
}

const ALL = 'all';
const paceOf = (domain: string) => `domain ${domain}`;

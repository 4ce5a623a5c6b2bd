import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';

/** Any number of its own: who holds it with a day writes that day's edition alone. */
const LOCK = 5_092_413;

/** A transaction that is, of all that any process begins through here, the only one on the day's edition. */
export async function alone<T>({ db }: App, date: Day, work: (tx: Tx) => Promise<T>): Promise<T> {
  const day = startOf(date).getTime() / 86_400_000;
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK}::int, ${day}::int)`;
      return work(tx);
    },
    { maxWait: 10_000, timeout: 600_000 },
  );
}

import type { App } from '../app.ts';
import { type Day, startOf } from '../lib/day.ts';
import { alone } from './alone.ts';
import { editionDay, isFrozen } from './publish.ts';

/**
 * `frozen`: deliveries name it, so it stays. `comesBack`: its day is the one that is due or one to come, so that the clock
 * makes it anew.
 */
export type Withdrawal =
  | { status: 'withdrawn'; date: Day; comesBack: boolean }
  | { status: 'none'; date: Day }
  | { status: 'frozen'; date: Day; digests: number; waiting: number };

/** Takes the edition of a day away, with its papers and matches, as long as no delivery names it. */
export async function withdraw(app: App, date: Day): Promise<Withdrawal> {
  const editionDate = startOf(date);
  const outcome = await alone(app, date, async (tx): Promise<Withdrawal> => {
    if (await isFrozen(tx, date)) {
      const digests = await tx.delivery.count({ where: { editionDate } });
      const waiting = await tx.delivery.count({ where: { editionDate, status: 'queued' } });
      return { status: 'frozen', date, digests, waiting };
    }
    const { count } = await tx.edition.deleteMany({ where: { date: editionDate } });
    if (count === 0) return { status: 'none', date };
    return { status: 'withdrawn', date, comesBack: date >= editionDay(app.now()) };
  });
  if (outcome.status === 'withdrawn') app.log.warn({ edition: date }, 'edition withdrawn');
  return outcome;
}

import type { App } from '../../app.ts';
import { latestOpening, nextDigest } from '../../digests/next.ts';
import { editionDays } from '../../editions/edition.ts';
import { startOf } from '../../lib/day.ts';
import type { Draft } from '../../subscribers/draft.ts';
import type { Subscription } from '../../subscribers/preferences.ts';
import type { Shown } from '../sign-up/harvest-view.ts';

/**
 * The digest that a reader's panel shows: the one that the latest edition brings next, or, when they have had that, the
 * same made anew. Its papers are compared with those of the wishes as they were.
 */
export async function shownTo(
  app: App,
  id: string,
  { status, ...clock }: Pick<Subscription, 'status' | 'timeZone' | 'sendHour' | 'frequency'>,
  saved: Draft,
): Promise<Shown | null> {
  const [date] = await editionDays(app.db, 1);
  if (date === undefined) return null;
  const had = await app.db.delivery.count({ where: { subscriberId: id, editionDate: startOf(date) } });
  const when = nextDigest(app, clock, await latestOpening(app));
  const due = had === 0 && status === 'active';
  const title = due ? 'Your next digest, as things stand' : 'The latest digest, made with these preferences';
  return { date, title, ...(due ? { when: `It comes ${when}.` } : {}), subscriberId: id, saved };
}

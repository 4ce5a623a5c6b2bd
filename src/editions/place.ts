import { type Day, dayOf, startOf } from '../lib/day.ts';
import type { Db } from '../lib/db.ts';
import { type Edition, loadEdition } from './edition.ts';

/** An edition between its neighbours, each with the time at which it was made: what is shown of it is made of these. */
export type Place = {
  date: Day;
  publishedAt: Date;
  before: { date: Day; publishedAt: Date } | null;
  /** The day of the edition after it. */
  after: Day | null;
};

/** Later than any edition. */
const ANY_DAY: Day = '9999-12-31';

/**
 * Where the edition of a day stands, or without a day that of the latest; null when there is none.
 *
 * Plan: three rows at the most, looked up by the key; every request for a page of a day asks for them.
 */
export async function placeOf(db: Db, day?: Day): Promise<Place | null> {
  const at = startOf(day ?? ANY_DAY);
  const rows = await db.$queryRaw<{ date: Date; publishedAt: Date }[]>`
    (SELECT date, published_at AS "publishedAt" FROM editions WHERE date <= ${at}::date ORDER BY date DESC LIMIT 2)
    UNION ALL (SELECT date, published_at FROM editions WHERE date > ${at}::date ORDER BY date LIMIT 1)`;
  const near = rows.map(({ date, publishedAt }) => ({ date: dayOf(date), publishedAt }));
  const [edition, before = null] = near.filter(({ date }) => date <= (day ?? ANY_DAY));
  if (!edition || (day !== undefined && edition.date !== day)) return null;
  return { ...edition, before, after: near.find(({ date }) => date > edition.date)?.date ?? null };
}

/** @throws when it was withdrawn meanwhile */
export async function editionAt(db: Db, { date }: Place): Promise<Edition> {
  const edition = await loadEdition(db, date);
  if (edition === null) throw new Error(`The edition of ${date} is gone.`);
  return edition;
}

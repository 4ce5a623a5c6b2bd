import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import type { Db } from '../lib/db.ts';
import type { EditionPaper } from './edition.ts';

/** Days in a row that have a name of their own: a week from Monday to Sunday, or a month. Both ends are included. */
export type Span = { kind: 'week' | 'month'; name: string; from: Day; to: Day };

/** The week of an ISO 8601 name such as 2026-W19; null when there is none of that name. */
export function weekNamed(name: string): Span | null {
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(name) ?? [];
  if (!year || !week) return null;
  // The fourth of January is always in the first week.
  const fourth = Temporal.PlainDate.from(`${year}-01-04`);
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: Number(week) - 1 });
  return weekOf(monday.toString()).name === name ? weekOf(monday.toString()) : null;
}

/** The week that a day is in. */
export function weekOf(day: Day): Span {
  const date = Temporal.PlainDate.from(day);
  const from = date.subtract({ days: date.dayOfWeek - 1 }).toString();
  const name = `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
  return { kind: 'week', name, from, to: addDays(from, 6) };
}

/** The month of a name such as 2026-05; null when there is none of that name. */
export function monthNamed(name: string): Span | null {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(name)) return null;
  return monthOf(`${name}-01`);
}

/** The month that a day is in. */
export function monthOf(day: Day): Span {
  const first = Temporal.PlainDate.from(day).with({ day: 1 });
  const to = first.add({ months: 1 }).subtract({ days: 1 }).toString();
  return { kind: 'month', name: day.slice(0, 7), from: first.toString(), to };
}

/** The days from `from` to `to` that have an edition, the latest first, and how many papers each has. */
export async function editionsBetween(
  db: Db,
  { from, to }: { from: Day; to: Day },
): Promise<{ date: Day; papers: number }[]> {
  const rows = await db.$queryRaw<{ date: Date; papers: number }[]>`
    SELECT date, (SELECT count(*)::int FROM edition_papers WHERE edition_date = date) AS papers
    FROM editions WHERE date BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date ORDER BY date DESC`;
  return rows.map(({ date, papers }) => ({ date: dayOf(date), papers }));
}

/** The first and the last day that have an edition; null when there is none. */
export async function editionRange(db: Db): Promise<{ first: Day; last: Day } | null> {
  const { _min: min, _max: max } = await db.edition.aggregate({ _min: { date: true }, _max: { date: true } });
  return min.date && max.date ? { first: dayOf(min.date), last: dayOf(max.date) } : null;
}

/**
 * The hottest papers of the editions of a span, each once: by the heat of its hottest day, with the signals of its last.
 * Ranks are those of the span.
 */
export async function hottestOf(
  db: Db,
  { from, to }: { from: Day; to: Day },
  limit: number,
): Promise<EditionPaper[]> {
  const rows = await db.$queryRaw<(Omit<EditionPaper, 'listedOn'> & { listedOn: Date })[]>`
    WITH best AS (
      SELECT paper_id, max(heat) AS heat, max(edition_date) AS last FROM edition_papers
      WHERE edition_date BETWEEN ${startOf(from)}::date AND ${startOf(to)}::date
      GROUP BY paper_id ORDER BY max(heat) DESC, paper_id LIMIT ${limit}::int
    )
    SELECT id, title, abstract, tldr, authors, thumbnail, repository, project_page AS "projectPage",
      listed_on AS "listedOn", best.heat, votes, 0 AS "votesGained", comments, stars, 0 AS "starsGained",
      (row_number() OVER (ORDER BY best.heat DESC, id))::int AS rank
    FROM best JOIN edition_papers e ON e.paper_id = best.paper_id AND e.edition_date = last JOIN papers ON id = e.paper_id
    ORDER BY rank`;
  return rows.map((paper) => ({ ...paper, listedOn: dayOf(paper.listedOn) }));
}

import type { App } from '../app.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { Prisma, withoutJit } from '../lib/db.ts';
import type { StoredPaper } from '../papers/stored.ts';
import { candidatesOf, mostWeighed } from './candidates.ts';
import { matches } from './match.ts';
import type { ParsedTopic } from './topic.ts';
import { waysOf } from './ways.ts';
import { weighedWays } from './weights.ts';

/** A stored paper that a search found; its relevance is 0.5 (the cut-off) to 1. */
export type Hit = StoredPaper & { relevance: number };

export type Found = {
  hits: Hit[];
  /** How many papers are on the topic among those that were weighed. */
  total: number;
  /** Whether more papers than can be weighed have a word of the search, so that older ones may be missing. */
  capped: boolean;
};

/**
 * Searches all stored papers for a topic: by relevance; among equals those that have its words side by side first, then
 * by votes, then the newest. Relevance is that of an edition's matches (match.ts).
 *
 * Plan: candidates.ts bounds how many papers are weighed, whatever is asked for; the latest signal of each that is on the
 * topic is looked up by key, and only a page of them is read whole.
 */
export async function searchPapers(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  { limit, offset = 0, listedOn }: { limit: number; offset?: number; listedOn?: Day },
): Promise<Found> {
  const ways = await weighedWays({ db }, topic);
  if (ways.length === 0) return { hits: [], total: 0, capped: false };
  const most = mostWeighed(ways.length);
  const sought = Prisma.join(
    ways.map(
      (way, n) =>
        Prisma.sql`(SELECT ${n}::int AS way, c.* FROM (${candidatesOf(way, { most, listedOn })}) AS c)`,
    ),
    ' UNION ALL ',
  );
  const candidates = Prisma.sql`
    SELECT id, lexemes, categories, author_keys FROM papers WHERE id IN (SELECT id FROM sought)`;
  const rows = await withoutJit<Row>(
    db,
    Prisma.sql`
      WITH sought AS MATERIALIZED (${sought}), best AS MATERIALIZED (
        SELECT m.paper_id AS id, m.relevance, bool_or(near) AS near
        FROM (${matches({ date: ANY_DAY, ways: waysOf([topic]), candidates })}) AS m JOIN sought ON sought.id = m.paper_id
        GROUP BY m.paper_id, m.relevance
      ), ranked AS (
        SELECT best.*, listed_on AS listed, coalesce(votes, 0) AS votes, coalesce(comments, 0) AS comments, stars,
          row_number() OVER (ORDER BY round(relevance::numeric, 2) DESC, near DESC, coalesce(votes, 0) DESC, listed_on DESC, id DESC) AS place
        FROM best JOIN papers USING (id) LEFT JOIN LATERAL (
          SELECT votes, comments, stars FROM signals WHERE paper_id = id ORDER BY measured_at DESC LIMIT 1
        ) last ON TRUE
      ), page AS MATERIALIZED (
        SELECT * FROM ranked WHERE place > ${offset}::int ORDER BY place LIMIT ${limit}::int
      )
      SELECT (SELECT count(*)::int FROM best) AS total,
        EXISTS (SELECT FROM sought GROUP BY way HAVING count(*) >= ${most}::int OR bool_or(id IS NULL)) AS capped,
        id, title, abstract, tldr, authors, categories, thumbnail, repository, project_page AS "projectPage", listed AS "listedOn",
        votes, comments, stars, relevance::float8 AS relevance
      -- One row with the counts when the page has none.
      FROM (SELECT) AS always LEFT JOIN (page JOIN papers USING (id)) ON TRUE ORDER BY place`,
  );
  return {
    total: rows[0]?.total ?? 0,
    capped: rows[0]?.capped ?? false,
    hits: rows.flatMap(({ total: _, capped: __, id, listedOn, ...hit }) =>
      id === null ? [] : [{ ...hit, id, listedOn: dayOf(listedOn) }],
    ),
  };
}

/** How rare a word is, all papers say, up to the newest. */
const ANY_DAY: Day = '9999-12-31';

type Row = Omit<Hit, 'id' | 'listedOn'> & {
  id: string | null;
  listedOn: Date;
  total: number;
  capped: boolean;
};

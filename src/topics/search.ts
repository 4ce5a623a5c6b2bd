import type { App } from '../app.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { Prisma, type Tx, withoutJit } from '../lib/db.ts';
import type { StoredPaper } from '../papers/stored.ts';
import { candidatesOf, mostWeighed } from './candidates.ts';
import { matches } from './match.ts';
import { ANY_DAY } from './rarity.ts';
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
export function searchPapers(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  { limit, offset = 0, listedOn }: { limit: number; offset?: number; listedOn?: Day },
): Promise<Found> {
  return withoutJit(db, async (tx) => {
    const ways = await weighedWays(tx, topic);
    if (ways.length === 0) return { hits: [], total: 0, capped: false };
    const most = mostWeighed(ways.length);
    const sought = await tx.$queryRaw<{ way: number; id: string | null; near: boolean }[]>`${Prisma.join(
      ways.map(
        (way, n) =>
          Prisma.sql`(SELECT ${n}::int AS way, c.* FROM (${candidatesOf(way, { most, listedOn })}) AS c)`,
      ),
      ' UNION ALL ',
    )}`;
    const ids = new Set(sought.flatMap(({ id }) => id ?? []));
    const candidates = Prisma.sql`SELECT id, lexemes FROM papers WHERE id = ANY (${[...ids]}::text[])`;
    const found = await matches(tx, { date: ANY_DAY, ways: waysOf([topic]), candidates });
    const near = new Set(sought.flatMap(({ id, near }) => (near ? (id ?? []) : [])));
    const papers = (found.get(topic.query) ?? []).map(({ paperId: id, relevance }) => ({
      id,
      relevance,
      near: near.has(id),
    }));
    const capped = [...Map.groupBy(sought, ({ way }) => way).values()].some(
      (papers) => papers.length >= most || papers.some(({ id }) => id === null),
    );
    return { hits: await ranked(tx, papers, { limit, offset }), total: papers.length, capped };
  });
}

async function ranked(
  tx: Tx,
  papers: { id: string; relevance: number; near: boolean }[],
  { limit, offset }: { limit: number; offset: number },
): Promise<Hit[]> {
  const rows = await tx.$queryRaw<(Omit<Hit, 'listedOn'> & { listedOn: Date })[]>`
    WITH ranked AS (
      SELECT id, relevance, coalesce(votes, 0) AS votes, coalesce(comments, 0) AS comments, stars,
        row_number() OVER (ORDER BY round(relevance::numeric, 2) DESC, near DESC, coalesce(votes, 0) DESC, listed_on DESC, id DESC) AS place
      FROM jsonb_to_recordset(${JSON.stringify(papers)}::jsonb) AS best (id text, relevance float8, near bool)
      JOIN papers USING (id) LEFT JOIN LATERAL (
        SELECT votes, comments, stars FROM signals WHERE paper_id = id ORDER BY measured_at DESC LIMIT 1
      ) AS last ON TRUE
    ), page AS MATERIALIZED (
      SELECT * FROM ranked WHERE place > ${offset}::int ORDER BY place LIMIT ${limit}::int
    )
    SELECT id, title, abstract, tldr, authors, categories, thumbnail, repository, project_page AS "projectPage",
      listed_on AS "listedOn", votes, comments, stars, relevance
    FROM page JOIN papers USING (id) ORDER BY place`;
  return rows.map(({ listedOn, ...hit }) => ({ ...hit, listedOn: dayOf(listedOn) }));
}

import type { App } from '../app.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { Prisma, type Tx, withoutJit } from '../lib/db.ts';
import type { StoredPaper } from '../papers/stored.ts';
import { candidatesOf, mostWeighed } from './candidates.ts';
import { matches } from './match.ts';
import { ANY_DAY } from './rarity.ts';
import type { Match } from './relevance.ts';
import type { ParsedTopic } from './topic.ts';
import { waysOf } from './ways.ts';
import { type WeighedWay, weighedWays } from './weights.ts';

/** A stored paper that a search found; its relevance is 0.5 (the cut-off) to 1. */
export type Hit = StoredPaper & { relevance: number };

export type Found = {
  hits: Hit[];
  /** How many papers are on the topic among those that were weighed. */
  total: number;
  /** Whether more papers than can be weighed have the words of the search, so that older ones may be missing. */
  capped: boolean;
};

/**
 * Searches all stored papers for a topic: by relevance; among equals those that have its words side by side first, then
 * by votes, then the newest. Relevance is that of an edition's matches (match.ts).
 *
 * Plan: candidates.ts bounds how many papers are weighed, whatever is asked for. Words side by side and signals are looked
 * up only of those that they can bring to the page, and only a page of them is read whole.
 */
export function searchPapers(
  { db }: Pick<App, 'db'>,
  topic: ParsedTopic,
  { limit, offset = 0, listedOn }: { limit: number; offset?: number; listedOn?: Day },
): Promise<Found> {
  return withoutJit(db, async (tx) => {
    // As candidates.ts wants it; and processes that help take longer to start than they save.
    await tx.$executeRaw`
      SELECT set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)`;
    const { ways, rarity } = await weighedWays(tx, topic);
    const sought = await soughtIn(tx, ways, listedOn);
    const papers = await matches(tx, {
      date: ANY_DAY,
      rarity,
      ways: waysOf([topic]),
      candidates: Prisma.sql`SELECT id, lexemes FROM papers WHERE id = ANY (${sought.ids}::text[])`,
    });
    const found = papers.get(topic.query) ?? [];
    const hits = await ranked(tx, inReach(found, offset + limit), { ways, limit, offset });
    return { hits, total: found.length, capped: sought.capped };
  });
}

async function soughtIn(tx: Tx, ways: WeighedWay[], listedOn: Day | undefined) {
  const ids = new Set<string>();
  let capped = false;
  for (const way of ways) {
    const most = mostWeighed(way, ways.length);
    const papers = await tx.$queryRaw<{ id: string }[]>`${candidatesOf(way, { most, listedOn })}`;
    for (const { id } of papers) ids.add(id);
    capped ||= papers.length >= most;
  }
  return { ids: [...ids], capped };
}

type Relevant = { id: string; relevance: number };

/** Those that may be among the first so many, whatever comes first among equals. Hundredths tell who is equal. */
function inReach(found: Match[], first: number): (Relevant & { rounded: number })[] {
  const papers = found
    .map(({ paperId: id, relevance }) => ({ id, relevance, rounded: Math.round(100 * relevance) }))
    .sort((one, other) => other.rounded - one.rounded);
  const last = papers[first - 1]?.rounded ?? 0;
  return papers.filter(({ rounded }) => rounded >= last);
}

async function ranked(
  tx: Tx,
  papers: Relevant[],
  { ways, limit, offset }: { ways: WeighedWay[]; limit: number; offset: number },
): Promise<Hit[]> {
  if (papers.length <= offset) return [];
  const rows = await tx.$queryRaw<(Omit<Hit, 'listedOn'> & { listedOn: Date })[]>`
    WITH page AS MATERIALIZED (
      SELECT id, relevance, coalesce(votes, 0) AS votes, coalesce(comments, 0) AS comments, stars,
        row_number() OVER (ORDER BY rounded DESC, (${nearIn(ways)}) DESC, coalesce(votes, 0) DESC, listed_on DESC, id DESC) AS place
      FROM jsonb_to_recordset(${JSON.stringify(papers)}::jsonb) AS best (id text, relevance float8, rounded int)
      JOIN papers USING (id) LEFT JOIN LATERAL (
        SELECT votes, comments, stars FROM signals WHERE paper_id = id ORDER BY measured_at DESC LIMIT 1
      ) AS last ON TRUE
      ORDER BY place LIMIT ${limit}::int OFFSET ${offset}::int
    )
    SELECT id, title, abstract, tldr, authors, categories, thumbnail, repository, project_page AS "projectPage",
      listed_on AS "listedOn", votes, comments, stars, relevance
    FROM page JOIN papers USING (id) ORDER BY place`;
  return rows.map(({ listedOn, ...hit }) => ({ ...hit, listedOn: dayOf(listedOn) }));
}

/** Words side by side as the reader wrote them, or, where there are none, the phrases in the title or the keywords. */
const nearIn = (ways: WeighedWay[]): Prisma.Sql =>
  Prisma.join(
    ways.map(({ together, must }) => {
      if (together) return Prisma.sql`lexemes @@ ${together}::tsquery`;
      return must ? Prisma.sql`ts_filter(lexemes, '{a,b}') @@ ${must}::tsquery` : Prisma.sql`FALSE`;
    }),
    ' OR ',
  );

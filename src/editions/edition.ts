import { type Day, dayOf, startOf } from '../lib/day.ts';
import type { Db, Tx } from '../lib/db.ts';
import type { Match } from '../topics/relevance.ts';

/** One day's frozen list of papers, hottest first. */
export type Edition = {
  date: Day;
  publishedAt: Date;
  /** From here on a subscriber's next hour brings this edition. */
  opensAt: Date;
  /** Facts about the sources that a reader should know, one sentence each. */
  notes: string[];
  papers: EditionPaper[];
};

/** A paper with its signals as they stood when the edition was made. */
export type EditionPaper = {
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  listedOn: Day;
  /** Position by heat among the edition's papers, from 1. */
  rank: number;
  heat: number;
  votes: number;
  /** Over the last 24 hours. */
  votesGained: number;
  comments: number;
  stars: number | null;
  starsGained: number;
};

/**
 * The votes that a paper is known to have gained in the last day. In heat a first sighting counts with its total; but of
 * a paper seen once nobody can say that it grew.
 */
export const votesSinceYesterday = ({
  votes,
  votesGained,
}: Pick<EditionPaper, 'votes' | 'votesGained'>): number => (votesGained < votes ? votesGained : 0);

/** Null when there is none of that day. */
export async function loadEdition(db: Db | Tx, date: Day): Promise<Edition | null> {
  const edition = await db.edition.findUnique({ where: { date: startOf(date) } });
  if (!edition) return null;
  const papers = await db.$queryRaw<(Omit<EditionPaper, 'listedOn'> & { listedOn: Date })[]>`
    SELECT id, title, abstract, tldr, authors, thumbnail, repository, project_page AS "projectPage",
      listed_on AS "listedOn", rank, heat, votes, votes_gained AS "votesGained", comments, stars,
      stars_gained AS "starsGained"
    FROM edition_papers JOIN papers ON id = paper_id
    WHERE edition_date = ${edition.date}::date ORDER BY rank`;
  return {
    date,
    publishedAt: edition.publishedAt,
    opensAt: edition.opensAt,
    notes: edition.notes,
    papers: papers.map((paper) => ({ ...paper, listedOn: dayOf(paper.listedOn) })),
  };
}

/** That of the latest day, whenever it was made. */
export async function latestEdition(db: Db | Tx): Promise<Edition | null> {
  const [latest] = await editionDays(db, 1);
  return latest === undefined ? null : loadEdition(db, latest);
}

/** The days that have an edition, latest first. */
export async function editionDays(db: Db | Tx, limit: number): Promise<Day[]> {
  const editions = await db.edition.findMany({
    select: { date: true },
    orderBy: { date: 'desc' },
    take: limit,
  });
  return editions.map(({ date }) => dayOf(date));
}

/** The positions in the edition before that of a day, by paper; empty when there is none. */
export async function ranksBefore(db: Db, date: Day): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ id: string; rank: number }[]>`
    SELECT paper_id AS id, rank FROM edition_papers
    WHERE edition_date = (SELECT max(date) FROM editions WHERE date < ${startOf(date)}::date)`;
  return new Map(rows.map(({ id, rank }) => [id, rank]));
}

/** The papers on each topic, in no order. Topics without any are absent. */
export async function matchesOf(db: Db | Tx, date: Day, topicIds: string[]): Promise<Map<string, Match[]>> {
  const rows = await db.$queryRaw<{ topicId: string; matches: Match[] }[]>`
    SELECT topic_id::text AS "topicId", matches FROM edition_topics
    WHERE edition_date = ${startOf(date)}::date AND topic_id = ANY(${topicIds}::uuid[]) AND matched > 0`;
  return new Map(rows.map(({ topicId, matches }) => [topicId, matches]));
}

/** The papers of the edition that each topic's `-exclusions` keep out. Topics that keep none out are absent. */
export async function excludedBy(
  db: Db | Tx,
  date: Day,
  topicIds: string[],
): Promise<Map<string, Set<string>>> {
  const rows = await db.$queryRaw<{ topicId: string; paperId: string }[]>`
    SELECT DISTINCT topic_id::text AS "topicId", paper_id AS "paperId"
    FROM topic_ways, edition_papers JOIN papers ON id = paper_id
    WHERE edition_date = ${startOf(date)}::date AND topic_id = ANY(${topicIds}::uuid[])
      AND must_not IS NOT NULL AND papers.lexemes @@ must_not`;
  return new Map(
    [...Map.groupBy(rows, ({ topicId }) => topicId)].map(([topicId, group]) => [
      topicId,
      new Set(group.map(({ paperId }) => paperId)),
    ]),
  );
}

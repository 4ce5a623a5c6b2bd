import { type Day, dayOf, startOf } from '../lib/day.ts';
import { type Db, Prisma } from '../lib/db.ts';

/** A stored paper with its latest signals. */
export type StoredPaper = {
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  categories: string[];
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  listedOn: Day;
  votes: number;
  comments: number;
  stars: number | null;
};

/** All stored papers, or those listed on a day, the newest first. The index of listing days gives the page without a sort of all. */
export async function newestPapers(
  db: Db,
  { limit, offset = 0, listedOn }: { limit: number; offset?: number; listedOn?: Day | undefined },
): Promise<{ papers: StoredPaper[]; total: number }> {
  const where = listedOn ? Prisma.sql`WHERE listed_on = ${startOf(listedOn)}::date` : Prisma.empty;
  const papers = await read(
    db,
    Prisma.sql`SELECT * FROM papers ${where} ORDER BY listed_on DESC, id DESC LIMIT ${limit}::int OFFSET ${offset}::int`,
  );
  const total = await db.paper.count({ where: listedOn ? { listedOn: startOf(listedOn) } : {} });
  return { papers, total };
}

/** Null when no paper of that id is stored. */
export async function storedPaper(db: Db, id: string): Promise<StoredPaper | null> {
  const [paper] = await read(db, Prisma.sql`SELECT * FROM papers WHERE id = ${id}`);
  return paper ?? null;
}

async function read(db: Db, papers: Prisma.Sql): Promise<StoredPaper[]> {
  const rows = await db.$queryRaw<(Omit<StoredPaper, 'listedOn'> & { listedOn: Date })[]>`
    SELECT id, title, abstract, tldr, authors, categories, thumbnail, repository, project_page AS "projectPage",
      listed_on AS "listedOn", coalesce(votes, 0) AS votes, coalesce(comments, 0) AS comments, stars
    FROM (${papers}) page LEFT JOIN LATERAL (
      SELECT votes, comments, stars FROM signals WHERE paper_id = id ORDER BY measured_at DESC LIMIT 1
    ) last ON TRUE
    ORDER BY listed_on DESC, id DESC`;
  return rows.map((paper) => ({ ...paper, listedOn: dayOf(paper.listedOn) }));
}

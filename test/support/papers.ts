import type { App } from '../../src/app.ts';
import { publish } from '../../src/editions/publish.ts';
import { type Day, startOf } from '../../src/lib/day.ts';
import { Prisma } from '../../src/lib/db.ts';
import type { SourceName } from '../../src/papers/paper.ts';
import { lexemesOf } from '../../src/papers/store.ts';
import { nameKey, sayings } from '../../src/papers/text.ts';

export type TestPaper = {
  id: string;
  title: string;
  abstract?: string;
  tldr?: string | null;
  authors?: string[];
  keywords?: string[];
  categories?: string[];
  listedOn?: Day;
  source?: SourceName;
  thumbnail?: string | null;
  repository?: string | null;
  projectPage?: string | null;
  votes?: number;
  comments?: number;
  stars?: number | null;
  /** When they were measured; noon of the listing day unless told. */
  measuredAt?: string;
};

/**
 * Stores papers as an ingest would, listed on 2026-05-06 unless told, each with one measurement, and a good ingest of
 * every day and source among them. A paper that is there already gets the measurement only.
 */
export async function addPapers({ db }: Pick<App, 'db'>, papers: TestPaper[]): Promise<void> {
  for (const paper of papers) {
    const { id, title, abstract = `About ${title}.`, authors = ['Ada Lovelace'], keywords = [] } = paper;
    const { listedOn = '2026-05-06', source = 'huggingface', votes = 0, comments = 0, stars = null } = paper;
    const measuredAt = new Date(paper.measuredAt ?? `${listedOn}T12:00:00Z`);
    await db.$executeRaw`
      INSERT INTO papers (id, title, abstract, tldr, authors, author_keys, keywords, categories, published_at,
        listed_on, source, thumbnail, repository, project_page, first_seen_at, updated_at, lexemes)
      VALUES (${id}, ${title}, ${abstract}, ${paper.tldr ?? null}, ${authors}, ${authors.map(nameKey)}, ${keywords},
        ${paper.categories ?? []}, ${startOf(listedOn)}, ${startOf(listedOn)}, ${source}, ${paper.thumbnail ?? null},
        ${paper.repository ?? null}, ${paper.projectPage ?? null}, ${measuredAt}, ${measuredAt},
        ${lexemesOf(Prisma.sql`${JSON.stringify(sayings({ title, keywords, abstract }))}::json`)})
      ON CONFLICT (id) DO NOTHING`;
    await db.signal.create({ data: { paperId: id, measuredAt, votes, comments, stars } });
  }
  const runs = new Map(
    papers.map(({ source = 'huggingface', listedOn = '2026-05-06' }) => [
      `${source} ${listedOn}`,
      { source, listedOn },
    ]),
  );
  for (const { source, listedOn } of runs.values()) await addIngest({ db }, { source, date: listedOn });
}

/** The edition of 2026-05-06 with these papers, published at the hour it opens. */
export async function addEdition(app: App, papers: TestPaper[]): Promise<void> {
  await addPapers(app, papers);
  await publish({ ...app, now: () => new Date('2026-05-07T02:00:00Z') }, { date: '2026-05-06' });
}

/** One run of a source for a day, good unless told otherwise. */
export async function addIngest(
  { db }: Pick<App, 'db'>,
  {
    source = 'huggingface',
    date = '2026-05-06',
    outcome = 'ok',
    error = null,
    startedAt = `${date}T23:40:00Z`,
  }: { source?: SourceName; date?: Day; outcome?: string | null; error?: string | null; startedAt?: string },
): Promise<void> {
  const at = new Date(startedAt);
  await db.ingest.create({
    data: { source, date: startOf(date), startedAt: at, finishedAt: outcome ? at : null, outcome, error },
  });
}

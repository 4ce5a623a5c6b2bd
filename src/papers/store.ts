import { z } from 'zod';
import type { App } from '../app.ts';
import { type Day, dayOf } from '../lib/day.ts';
import { Prisma, type Tx } from '../lib/db.ts';
import { LEXER } from './lexer.ts';
import type { BadRecord, SourcePaper } from './paper.ts';
import { clean, nameKey, sayings } from './text.ts';

const BATCH = 200;
/** Any number that nobody else uses: whoever holds it reads, merges and writes papers alone. */
const LOCK = 5_092_412;

/**
 * Writes papers over what is known of them, and one signal for each that was measured. A paper that Postgres refuses
 * costs no other: it is returned among the bad.
 *
 * @param options.onProgress is told how many papers are done
 * @throws when the database is away
 */
export async function storePapers(
  app: App,
  papers: SourcePaper[],
  { measuredAt, onProgress }: { measuredAt: Date; onProgress?: (done: number) => void },
): Promise<{ stored: number; bad: BadRecord[] }> {
  const distinct = [...new Map(papers.map((paper) => [paper.id, paper])).values()];
  const bad: BadRecord[] = [];
  for (let start = 0; start < distinct.length; start += BATCH) {
    bad.push(...(await store(app, distinct.slice(start, start + BATCH), measuredAt)));
    onProgress?.(Math.min(start + BATCH, distinct.length));
  }
  return { stored: distinct.length - bad.length, bad };
}

/** Halves a batch that is refused until the culprit stands alone. */
async function store(app: App, batch: SourcePaper[], measuredAt: Date): Promise<BadRecord[]> {
  try {
    await app.db.$transaction((tx) => write(tx, batch, measuredAt));
    return [];
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    const [first] = batch;
    if (first && batch.length === 1) return [{ id: clean(first.id, 100), problem: clean(refusal, 200) }];
    const half = Math.ceil(batch.length / 2);
    return [
      ...(await store(app, batch.slice(0, half), measuredAt)),
      ...(await store(app, batch.slice(half), measuredAt)),
    ];
  }
}

async function write(tx: Tx, batch: SourcePaper[], measuredAt: Date): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK}::bigint)`;
  const known = await tx.paper.findMany({ where: { id: { in: batch.map(({ id }) => id) } } });
  const byId = new Map(known.map((paper) => [paper.id, { ...paper, listedOn: dayOf(paper.listedOn) }]));
  await writePapers(
    tx,
    batch.map((paper) => merge(byId.get(paper.id), paper)),
    measuredAt,
  );
  await writeSignals(tx, batch, measuredAt);
}

/** What is kept of a paper. */
export type KnownPaper = Omit<SourcePaper, 'signal' | 'source' | 'listedOn'> & {
  source: string;
  listedOn: Day;
};

/**
 * What is known of a paper after a source described it. The later text wins, and nothing is erased by a source that
 * does not have it: TL;DR, keywords and links are Hugging Face's, categories are arXiv's. The earliest listing wins,
 * but any of Hugging Face's before arXiv's.
 */
export function merge(known: KnownPaper | undefined, { signal: _, ...paper }: SourcePaper): KnownPaper {
  if (!known) return paper;
  const { tldr, keywords, thumbnail, repository, projectPage } =
    paper.source === 'huggingface' ? paper : known;
  const same = known.source === paper.source;
  const first = same ? known.listedOn <= paper.listedOn : known.source === 'huggingface';
  const { source, listedOn } = first ? known : paper;
  return {
    id: paper.id,
    title: paper.title,
    abstract: paper.abstract || known.abstract,
    authors: paper.authors.length > 0 ? paper.authors : known.authors,
    categories: paper.source === 'arxiv' ? paper.categories : known.categories,
    publishedAt: paper.publishedAt ?? known.publishedAt,
    ...{ tldr, keywords, thumbnail, repository, projectPage, source, listedOn },
  };
}

/**
 * One statement for the batch. It comes as JSON and not as `unnest` arrays because `unnest` flattens the arrays that
 * papers have within.
 */
async function writePapers(tx: Tx, papers: KnownPaper[], now: Date): Promise<void> {
  const rows = papers.map(({ listedOn, publishedAt, projectPage, ...paper }) => ({
    ...paper,
    listed_on: listedOn,
    published_at: publishedAt,
    project_page: projectPage,
    author_keys: paper.authors.map(nameKey).filter(Boolean),
    said: sayings(paper),
  }));
  await tx.$executeRaw`
    INSERT INTO papers (id, title, abstract, tldr, authors, author_keys, keywords, categories, published_at, listed_on,
                        source, thumbnail, repository, project_page, first_seen_at, updated_at, lexemes, lexed_by)
    SELECT id, title, abstract, tldr, authors, author_keys, keywords, categories, published_at, listed_on,
           source, thumbnail, repository, project_page, ${now}, ${now},
           ${lexemesOf(Prisma.sql`said`)}, ${LEXER}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS incoming (
      id text, title text, abstract text, tldr text, authors text[], author_keys text[], keywords text[],
      categories text[], published_at timestamptz, listed_on date, source text, thumbnail text, repository text,
      project_page text, said json)
    ON CONFLICT (id) DO UPDATE SET
      title = excluded.title, abstract = excluded.abstract, tldr = excluded.tldr, authors = excluded.authors,
      author_keys = excluded.author_keys, keywords = excluded.keywords, categories = excluded.categories,
      published_at = excluded.published_at, listed_on = excluded.listed_on, source = excluded.source,
      thumbnail = excluded.thumbnail, repository = excluded.repository, project_page = excluded.project_page,
      updated_at = excluded.updated_at, lexemes = excluded.lexemes, lexed_by = excluded.lexed_by`;
}

/** The lexemes of sayings (text.ts) in a JSON column. A lexeme that is taken out again keeps title, keywords and abstract apart. */
export const lexemesOf = (said: Prisma.Sql): Prisma.Sql => Prisma.sql`
  ts_delete(
    setweight(to_tsvector('english', ${said}->>'title'), 'A') || 'apart0:8'::tsvector
      || setweight(to_tsvector('english', ${said}->>'keywords'), 'B') || 'apart0:8'::tsvector
      || setweight(to_tsvector('english', ${said}->>'abstract'), 'C'),
    'apart0')`;

async function writeSignals(tx: Tx, papers: SourcePaper[], measuredAt: Date): Promise<void> {
  const rows = papers.flatMap(({ id, signal }) => (signal ? [{ id, ...signal }] : []));
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO signals (paper_id, measured_at, votes, comments, stars)
    SELECT id, ${measuredAt}, votes, comments, stars
    FROM unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ votes }) => votes)}::int[],
                ${rows.map(({ comments }) => comments)}::int[], ${rows.map(({ stars }) => stars)}::int[])
         AS measured (id, votes, comments, stars)
    ON CONFLICT (paper_id, measured_at) DO UPDATE
      SET votes = excluded.votes, comments = excluded.comments, stars = excluded.stars`;
}

/** Why Postgres refuses the data: SQLSTATE classes 22, 23 (bad data) and 54 (too large); null when it is in trouble itself. */
function refusalOf(error: unknown): string | null {
  const { data } = refusal.safeParse(error);
  return data ? data.meta.driverAdapterError.cause.originalMessage : null;
}

/** As Prisma's pg adapter reports an SQL error. */
const refusal = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({ originalCode: z.string().regex(/^(22|23|54)/), originalMessage: z.string() }),
    }),
  }),
});

import { z } from 'zod';
import type { App } from '../app.ts';
import { type Day, dayOf, parseDay } from '../lib/day.ts';
import { type BadRecord, paperId, SOURCE_NAMES, type SourceDay, type SourcePaper } from './paper.ts';
import { type Answer, ask, patiently, SourceError, type Wait } from './request.ts';
import { clean, link } from './text.ts';

const NAME = SOURCE_NAMES.huggingface;
/** The API's own limit. */
const PAGE = 50;
const MOST_PAGES = 20;

/**
 * The papers that Hugging Face lists on a day, with their votes of this moment. A day fills while it lasts; a future
 * day has none.
 *
 * @throws SourceError
 */
export async function fetchDay(
  app: App,
  day: Day,
  { wait = patiently }: { wait?: Wait } = {},
): Promise<SourceDay> {
  const seen = new Set<string>();
  const all: SourceDay = { papers: [], bad: [] };
  for (let page = 0; page < MOST_PAGES; page++) {
    const list = await fetchPage(app, { day, page, wait });
    const { papers, bad } = readList(list, day, page * PAGE);
    const known = seen.size;
    all.papers.push(...papers.filter(({ id }) => !seen.has(id)));
    all.bad.push(...bad.filter(({ id }) => !seen.has(id)));
    for (const { id } of [...papers, ...bad]) seen.add(id);
    // An endpoint that ignores `p` would send its first page for ever.
    if (list.length < PAGE || seen.size === known) break;
  }
  return all;
}

async function fetchPage(
  app: App,
  { day, page, wait }: { day: Day; page: number; wait: Wait },
): Promise<unknown[]> {
  const { url, token } = app.config.huggingface;
  const answer = await ask(app, `${url}/api/daily_papers?date=${day}&limit=${PAGE}&p=${page}`, {
    name: NAME,
    headers: { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    backoff: [2_000, 10_000],
    wait,
  });
  if (answer.status === 400 && day > dayOf(app.now())) return [];
  if (answer.status !== 200) throw new SourceError(`${NAME} answered ${answer.status}${complaint(answer)}.`);
  const list = parse(answer.body);
  if (!Array.isArray(list)) throw new SourceError(`${NAME} sent something else than a list of papers.`);
  return list;
}

function complaint({ body }: Answer): string {
  const { success, data } = z.object({ error: z.string() }).safeParse(parse(body));
  return success ? `: ${clean(data.error, 300).replace(/\.$/, '')}` : '';
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Reads one page of the list, which comes after `before` other records. A record that cannot be read is named among the
 * bad; it never costs another.
 */
export function readList(list: unknown[], day: Day, before = 0): SourceDay {
  const papers = new Map<string, SourcePaper>();
  const bad: BadRecord[] = [];
  for (const [index, record] of list.entries()) {
    const parsed = entry.safeParse(record);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      bad.push({
        id: nameOf(record) ?? `record ${before + index + 1}`,
        problem: clean(`${issue?.path.join('.') || 'record'}: ${issue?.message}`, 200),
      });
    } else if (!papers.has(parsed.data.paper.id)) papers.set(parsed.data.paper.id, paperOf(parsed.data, day));
  }
  return { papers: [...papers.values()], bad };
}

/** What a bad record calls itself. */
function nameOf(record: unknown): string | undefined {
  const named = z.object({ id: z.string().min(1) });
  const { data } = z
    .union([z.object({ paper: named }).transform(({ paper }) => paper), named])
    .safeParse(record);
  return data && (clean(data.id, 100) || undefined);
}

/** A field that adorns a paper: one of the wrong type is as good as none. */
const adornment = <T extends z.ZodType>(type: T) => type.nullish().catch(null);
const text = adornment(z.string());
const count = z.int().min(0).max(2_147_483_647);

const paper = z.object({
  id: z.string().transform((id, context) => {
    const key = paperId(id);
    if (key) return key;
    context.addIssue('is not an arXiv id');
    return z.NEVER;
  }),
  title: z
    .string()
    .transform((title) => clean(title, 1000))
    .refine((title) => title !== '', 'is empty'),
  summary: z.string().nullish(),
  authors: z
    .array(z.object({ name: z.string(), hidden: adornment(z.boolean()) }))
    .nullish()
    .transform((authors) => authors ?? []),
  upvotes: count.nullish(),
  publishedAt: text,
  submittedOnDailyAt: text,
  projectPage: text,
  githubRepo: text,
  githubStars: adornment(count),
  thumbnail: text,
  mediaUrl: text,
  ai_summary: text,
  ai_keywords: adornment(z.array(z.string())),
});

/** Votes and stars are inside `paper`, comments and the picture outside; `paper` itself may be missing. */
const entry = z
  .record(z.string(), z.unknown())
  .transform((record) => ({ ...record, paper: record.paper ?? record }))
  .pipe(z.object({ paper, numComments: count.nullish(), summary: text, thumbnail: text, mediaUrl: text }));

function paperOf({ paper, ...outer }: z.output<typeof entry>, day: Day): SourcePaper {
  return {
    id: paper.id,
    title: paper.title,
    abstract: clean(paper.summary ?? outer.summary ?? '', 20_000),
    tldr: clean(paper.ai_summary ?? '', 2000) || null,
    authors: paper.authors
      .filter(({ hidden }) => !hidden)
      .slice(0, 5000)
      .map(({ name }) => clean(name, 200))
      .filter(Boolean),
    keywords: [...new Set(paper.ai_keywords?.slice(0, 100).map((word) => clean(word, 200)))].filter(Boolean),
    categories: [],
    publishedAt: instant(paper.publishedAt),
    listedOn: listedOn(paper.submittedOnDailyAt, day),
    source: 'huggingface',
    // Until 2024 the picture was called mediaUrl, which then came to mean films too.
    thumbnail: link(outer.thumbnail ?? paper.thumbnail ?? outer.mediaUrl ?? paper.mediaUrl),
    repository: link(paper.githubRepo),
    projectPage: link(paper.projectPage),
    signal:
      paper.upvotes == null
        ? null
        : { votes: paper.upvotes, comments: outer.numComments ?? 0, stars: paper.githubStars ?? null },
  };
}

/** `submittedOnDailyAt` names the day of the list; the list of a day bears nothing of a later one. */
function listedOn(submitted: string | null | undefined, day: Day): Day {
  const said = parseDay(submitted?.slice(0, 10) ?? '');
  return said && said < day ? said : day;
}

function instant(text: string | null | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  const year = date.getUTCFullYear();
  return year >= 1990 && year < 2100 ? date : null;
}

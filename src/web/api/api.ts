import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { App } from '../../app.ts';
import type { Edition, EditionPaper } from '../../editions/edition.ts';
import { editionAt, placeOf } from '../../editions/place.ts';
import { editionsBetween } from '../../editions/span.ts';
import { addDays } from '../../lib/day.ts';
import { newestPapers, type StoredPaper } from '../../papers/stored.ts';
import { type Found, searchPapers } from '../../topics/search.ts';
import { answer, refuse } from '../input.ts';
import type { Keep } from '../kept.ts';
import { notice } from '../layout.ts';
import { signingUp } from '../sign-up/subscribe.ts';
import { apiPage } from './api-page.ts';
import { openapi } from './openapi.ts';
import {
  type editionAnswer,
  editionPath,
  type editionsAnswer,
  editionsQuery,
  type papersAnswer,
  papersQuery,
} from './operations.ts';

/** The same for programs, in JSON; what each takes and gives is in operations.ts, and readers find it at /api. */
export function apiRoutes(app: App, reading: App, keep: Keep): Hono {
  const { baseUrl } = app.config;
  const document = openapi(baseUrl);
  const page = apiPage(baseUrl);
  return new Hono()
    .get('/api', (context) => context.html(page))
    .get('/openapi.json', (context) => context.json(document))
    .get('/api/papers', (context) => parsed(context, papersQuery, context.req.query(), papers(reading)))
    .get('/api/editions', (context) => parsed(context, editionsQuery, context.req.query(), editions(reading)))
    .get('/api/editions/:date', (context) =>
      parsed(context, editionPath, context.req.param(), edition(reading, keep)),
    )
    .post('/api/subscriptions', signingUp(app));
}

async function parsed<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  input: unknown,
  handle: (context: Context, value: z.output<Schema>) => Promise<Response>,
): Promise<Response> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return handle(context, data);
  const problems = error.issues.map(({ path, message }) => ({ field: String(path[0] ?? 'query'), message }));
  return answer(context, 400, {
    json: { problems },
    page: notice('This cannot be read', problems.map(({ message }) => message).join(' ')),
  });
}

const papers =
  (app: App) =>
  async (context: Context, { q, date, limit, page }: z.output<typeof papersQuery>): Promise<Response> => {
    const range = { limit, offset: (page - 1) * limit, ...(date ? { listedOn: date } : {}) };
    const found: Omit<Found, 'hits'> & { papers: (StoredPaper & { relevance?: number })[] } = q
      ? await searchPapers(app, q, range).then(({ hits, ...more }) => ({ papers: hits, ...more }))
      : { ...(await newestPapers(app.db, range)), capped: false };
    const more = page * limit < found.total && page < 50;
    const next = new URL(`/api/papers${new URL(context.req.url).search}`, app.config.baseUrl);
    next.searchParams.set('page', String(page + 1));
    const body: z.output<typeof papersAnswer> = {
      papers: found.papers.map((paper) => ({
        ...common(app, paper),
        categories: paper.categories,
        ...(paper.relevance === undefined ? {} : { relevance: rounded(paper.relevance) }),
      })),
      total: found.total,
      capped: found.capped,
      next: more ? next.href : null,
    };
    return context.json(body);
  };

const editions =
  ({ db, config }: App) =>
  async (context: Context, { before, limit }: z.output<typeof editionsQuery>): Promise<Response> => {
    const all = await editionsBetween(db, { from: FIRST, to: before ? addDays(before, -1) : LAST });
    const some = all.slice(0, limit);
    const last = some.at(-1);
    const body: z.output<typeof editionsAnswer> = {
      editions: some.map((each) => ({ ...each, url: `${config.baseUrl}/api/editions/${each.date}` })),
      next:
        last && all.length > limit
          ? `${config.baseUrl}/api/editions?before=${last.date}&limit=${limit}`
          : null,
    };
    return context.json(body);
  };

/** arXiv is not older, and the other end is far enough. */
const [FIRST, LAST] = ['1991-01-01', '9999-12-31'];

const edition =
  (app: App, keep: Keep) =>
  async (context: Context, { date }: z.output<typeof editionPath>): Promise<Response> => {
    const place = await placeOf(app.db, date === 'latest' ? undefined : date);
    if (!place)
      return refuse(context, 404, 'There is no edition of this day', 'See /api/editions for those that are.');
    return keep(context, {
      madeOf: ['edition', place.date, place.publishedAt],
      type: 'application/json',
      make: async () => JSON.stringify(editionJson(app, await editionAt(app.db, place))),
    });
  };

const editionJson = (
  app: App,
  { date, publishedAt, notes, papers }: Edition,
): z.output<typeof editionAnswer> => ({
  date,
  publishedAt: publishedAt.toISOString(),
  notes,
  papers: papers.map((paper) => ({
    ...common(app, paper),
    rank: paper.rank,
    heat: rounded(paper.heat),
    votesGained: paper.votesGained,
    starsGained: paper.starsGained,
  })),
});

function common({ config }: App, paper: StoredPaper | EditionPaper) {
  const { id, title, abstract, tldr, authors, listedOn, votes, comments, stars } = paper;
  return {
    id,
    url: `https://arxiv.org/abs/${id}`,
    ...{ title, abstract, tldr, authors, listedOn, votes, comments, stars },
    repository: paper.repository,
    projectPage: paper.projectPage,
    thumbnail: paper.thumbnail === null ? null : `${config.baseUrl}/thumbnail/${id}`,
  };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

import { type Context, Hono } from 'hono';
import type { App } from '../../app.ts';
import { pauseSending, resumeSending } from '../../delivery/breaker.ts';
import { accounting } from '../../delivery/watch/accounting.ts';
import { chronicle } from '../../delivery/watch/chronicle.ts';
import { readerHistory } from '../../delivery/watch/reader-history.ts';
import { troubles } from '../../delivery/watch/troubles.ts';
import { takeVitals } from '../../delivery/watch/vitals.ts';
import { lateEdition } from '../../editions/late.ts';
import { editionDay } from '../../editions/publish.ts';
import { addDays, type Day, dayOf, parseDay } from '../../lib/day.ts';
import { readInput, refuse } from '../input.ts';
import { adminGate } from './gate.ts';
import { type Overview, overviewPage } from './page.ts';
import { drawPlots } from './plots.ts';
import { readerPage } from './reader.ts';

const DAYS = 90;

/** /admin: the operator's pages. An address travels in the body of a form, never in an address bar or a log. */
export function adminRoutes(app: App): Hono {
  const routes = new Hono();
  routes.use('/admin', adminGate(app));
  routes.use('/admin/*', adminGate(app));
  return routes
    .get('/admin', async (context) => {
      const again = dayToRun(app, context.req.query('again') ?? '');
      return context.html(overviewPage({ ...(await stateOf(app)), again }));
    })
    .post('/admin/pause', async (context) => {
      await pauseSending(app);
      return context.redirect('/admin', 303);
    })
    .post('/admin/resume', async (context) => {
      await resumeSending(app);
      return context.redirect('/admin', 303);
    })
    .post('/admin/day', async (context) => {
      const date = dayToRun(app, await fieldOf(context, 'date'));
      const { from, to } = daysToRun(app);
      if (!date)
        return refuse(context, 400, 'That day has no edition to make', `Choose one of ${from} to ${to}.`);
      await app.queue.send('again', { date }, { key: date });
      return context.redirect(`/admin?again=${date}`, 303);
    })
    .post('/admin/reader', async (context) => {
      const found = await readerHistory(app, await fieldOf(context, 'address'));
      if (!found.ok) return refuse(context, 400, 'This is no address', found.problem);
      return context.html(readerPage(found.history));
    });
}

async function fieldOf(context: Context, name: string): Promise<string> {
  const input = await readInput(context);
  const value = input.ok && (input.fields as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

/** The latest edition that is due, and those whose papers are among its own. */
function daysToRun({ now, config }: App): { from: Day; to: Day } {
  const to = editionDay(now());
  return { from: addDays(to, 1 - config.editionWindowDays), to };
}

function dayToRun(app: App, text: string): Day | null {
  const { from, to } = daysToRun(app);
  const date = parseDay(text);
  return date && date >= from && date <= to ? date : null;
}

async function stateOf(app: App): Promise<Omit<Overview, 'again'>> {
  const { db } = app;
  const vitals = await takeVitals(app);
  const edition = await db.edition.findFirst({
    orderBy: { date: 'desc' },
    include: { _count: { select: { papers: true, topics: true } } },
  });
  return {
    vitals,
    troubles: troubles(vitals),
    late: await lateEdition(app, edition ? dayOf(edition.date) : undefined),
    days: daysToRun(app),
    edition: edition && {
      date: dayOf(edition.date),
      publishedAt: edition.publishedAt,
      papers: edition._count.papers,
      topics: edition._count.topics,
      notes: edition.notes,
      bounced: await bouncesOf(app, edition.date),
    },
    ledger: edition && (await accounting(db, edition.date)),
    plots: await drawPlots(await chronicle(app, DAYS)),
  };
}

async function bouncesOf({ db }: App, date: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM feedback JOIN deliveries d ON d.id = delivery_id
    WHERE d.edition_date = ${date} AND kind LIKE 'bounce-%'`;
  return row?.count ?? 0;
}

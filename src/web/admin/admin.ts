import { Hono } from 'hono';
import type { App } from '../../app.ts';
import { pauseSending, resumeSending } from '../../delivery/breaker.ts';
import { accounting } from '../../delivery/watch/accounting.ts';
import { troubles } from '../../delivery/watch/alerts.ts';
import { chronicle } from '../../delivery/watch/chronicle.ts';
import { readerHistory } from '../../delivery/watch/reader-history.ts';
import { takeVitals } from '../../delivery/watch/vitals.ts';
import { lateEdition } from '../../editions/late.ts';
import { publish } from '../../editions/publish.ts';
import { dayOf, parseDay } from '../../lib/day.ts';
import { ingest } from '../../papers/ingest.ts';
import { readInput, refuse } from '../input.ts';
import type { Html } from '../layout.ts';
import { adminGate } from './gate.ts';
import { type Overview, overviewPage } from './page.ts';
import { drawPlots } from './plots.ts';
import { readerPage } from './reader.ts';

const DAYS = 90;

/** /admin: the operator's pages. An address travels in the body of a form, never in an address bar or a log. */
export function adminRoutes(app: App): Hono {
  const overview = async (said: string | null = null): Promise<Html> =>
    overviewPage({ ...(await stateOf(app)), said });
  const routes = new Hono();
  routes.use('/admin', adminGate(app));
  routes.use('/admin/*', adminGate(app));
  return routes
    .get('/admin', async (context) => context.html(await overview()))
    .post('/admin/pause', async (context) => {
      await pauseSending(app);
      return context.redirect('/admin', 303);
    })
    .post('/admin/resume', async (context) => {
      await resumeSending(app);
      return context.redirect('/admin', 303);
    })
    .post('/admin/day', async (context) => {
      const date = parseDay(await fieldOf(context, 'date'));
      if (!date || date > dayOf(app.now()))
        return refuse(context, 400, 'This is not a day that was', 'Write it as 2026-05-07.');
      return context.html(await overview(await runAgain(app, date)));
    })
    .post('/admin/reader', async (context) => {
      const found = await readerHistory(app, await fieldOf(context, 'address'));
      if (!found.ok) return refuse(context, 400, 'This is no address', found.problem);
      return context.html(readerPage(found.history));
    });
}

async function fieldOf(context: Parameters<typeof readInput>[0], name: string): Promise<string> {
  const input = await readInput(context);
  const value = input.ok && (input.fields as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

/** Reads and publishes a day as its jobs would; whoever is due is composed and sent by them. */
async function runAgain(app: App, date: string): Promise<string> {
  const readings = await ingest(app, { date });
  const outcome = await publish(app, { date });
  await app.queue.send('compose', {}, { key: 'compose' });
  const read = readings
    .map(({ source, outcome, papers }) => `${source} ${outcome}, ${papers} papers`)
    .join('; ');
  const made =
    outcome.status === 'held' ? `held: ${outcome.why}` : `${outcome.status}, ${outcome.papers} papers`;
  return `${date}: ${read}. The edition: ${made}`;
}

async function stateOf(app: App): Promise<Omit<Overview, 'said'>> {
  const { db } = app;
  const vitals = await takeVitals(app);
  const edition = await db.edition.findFirst({
    orderBy: { date: 'desc' },
    include: { _count: { select: { papers: true, topics: true } } },
  });
  return {
    vitals,
    troubles: troubles(vitals),
    late: await lateEdition(app),
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

import { type Context, Hono } from 'hono';
import type { App } from '../../app.ts';
import { draftDigest } from '../../digests/draft.ts';
import { editionDays } from '../../editions/edition.ts';
import { harvest } from '../../editions/harvest.ts';
import { neighbours } from '../../editions/neighbours.ts';
import { editionFromShelf } from '../../editions/shelf.ts';
import { timedOut } from '../../lib/db.ts';
import { gate, type Turned } from '../../lib/gate.ts';
import { type Draft, readDraft } from '../../subscribers/draft.ts';
import { filled } from '../form.ts';
import { readInput, refuse } from '../input.ts';
import type { Html } from '../layout.ts';
import { harvestView, type Look, type Shown } from './harvest-view.ts';
import { signUpPage } from './sign-up.ts';
import { taken } from './suggestion.ts';

/**
 * What topics would have brought, while a reader writes them. GET /preview/topics: the panel alone, for the script of the
 * page; POST /subscribe/preview: the same form with the panel, without it. Neither changes anything.
 */
export function harvestRoutes(app: App): Hono {
  const look = harvests(app);
  return new Hono()
    .get('/preview/topics', async (context) => {
      const draft = readDraft(queryOf(context));
      return panelAlone(context, await look(context, draft, { action: ACTION, shown: await tuesday(app) }));
    })
    .post('/subscribe/preview', async (context) => {
      const input = await readInput(context);
      if (!input.ok) return refuse(context, 400, 'This cannot be read', 'Go back and try again.');
      const fields = taken(input.fields);
      const panel = await look(context, readDraft(fields), { action: ACTION, shown: await tuesday(app) });
      return context.html(signUpPage(filled(fields), [], drawn(panel)));
    });
}

const ACTION = '/subscribe/preview';

/** The fields in a request's address; of one that occurs twice the last counts, as in a form. */
export const queryOf = ({ req }: Context): Record<string, string> =>
  Object.fromEntries(new URL(req.url).searchParams);

/** The panel, if there was a turn to draw it. */
export const drawn = (panel: Html | Turned): Html | undefined =>
  panel === 'busy' || panel === 'gone' ? undefined : panel;

/** The panel as the answer to the script. A browser may keep it for as long as somebody types. */
export function panelAlone(context: Context, panel: Html | Turned): Response | Promise<Response> {
  if (panel === 'gone') return context.body(null, 204);
  if (panel === 'busy')
    return context.text('Too many ask at once; try again in a moment.', 503, { 'Retry-After': '2' });
  context.header('Cache-Control', 'private, max-age=60');
  return context.html(panel);
}

/** A handful of people may look at once; the rest wait a moment, and whoever typed on has gone when their turn comes. */
export function harvests(app: App) {
  const pass = gate({ most: 2, waiting: 20 });
  return (
    context: Context,
    draft: Draft,
    { action, shown }: { action: string; shown: Shown | null },
  ): Promise<Html | Turned> =>
    pass(async () => {
      try {
        return harvestView(draft, await lookAt(app, draft, shown), action);
      } catch (error) {
        if (timedOut(error)) return 'busy';
        throw error;
      }
    }, context.req.raw.signal);
}

async function lookAt(app: App, draft: Draft, shown: Shown | null): Promise<Look | null> {
  const { topics } = draft;
  const found = topics.length > 0 ? await harvest(app, topics) : null;
  if (found === null) return null;
  const near = await neighbours(app, topics, found);
  const edition = shown && (await editionFromShelf(app, shown.date));
  if (!shown || !edition) return { draft, harvest: found, near, shown: null };
  const digestOf = ({ topics, preferences }: Draft) =>
    draftDigest(app, edition, { ...preferences, topics }, shown.subscriberId);
  const choice = await digestOf(draft);
  const before = shown.saved ? await digestOf(shown.saved) : null;
  return { draft, harvest: found, near, shown: { ...shown, edition, choice, before } };
}

/** The edition of the last Tuesday, or the latest where there is none: a weekday that is like most. */
async function tuesday({ db }: App): Promise<Shown | null> {
  const days = await editionDays(db, 7);
  const date = days.find((day) => Temporal.PlainDate.from(day).dayOfWeek === 2) ?? days[0];
  if (date === undefined) return null;
  const spoken = Temporal.PlainDate.from(date).toLocaleString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  return { date, title: `The digest of ${spoken}` };
}

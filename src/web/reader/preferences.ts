import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import type { SubscriberStatus } from '../../generated/enums.ts';
import { readDraft } from '../../subscribers/draft.ts';
import { undoUrlOf } from '../../subscribers/links.ts';
import { parsePause, pause, resume } from '../../subscribers/pause.ts';
import { changePreferences, loadPreferences, type Subscription } from '../../subscribers/preferences.ts';
import { undoableLeaving } from '../../subscribers/resubscribe.ts';
import type { Problem } from '../../subscribers/subscriber.ts';
import { type Filled, filled } from '../form.ts';
import { answer, isJson, readInput } from '../input.ts';
import { notice } from '../layout.ts';
import { drawn, harvests, panelAlone, queryOf } from '../sign-up/harvest.ts';
import { taken } from '../sign-up/suggestion.ts';
import { withLink } from './link.ts';
import { shownTo } from './next-digest.ts';
import { preferencesPage } from './preferences-page.ts';
import { tasteSection } from './taste.ts';

/**
 * GET shows the preferences; POST changes them, all or nothing; POST …/pause and …/resume hold the digests back. What a
 * change would bring: GET …/harvest for the page's script, POST …/preview without it; neither changes anything.
 */
export function preferencesRoutes(app: App): Hono {
  const route = (handle: (context: Context, id: string) => Promise<Response>) =>
    withLink(app, 'preferences', handle);
  const look = harvests(app);
  const show = showing(app, look);
  return new Hono()
    .get(
      '/preferences/:token',
      route((context, id) => show(context, id, { add: context.req.queries('add') ?? [] })),
    )
    .post(
      '/preferences/:token',
      route(async (context, id) => {
        const input = await readInput(context);
        const saved = await loadPreferences(app.db, id);
        const change = input.ok
          ? await changePreferences(app, id, input.fields)
          : { status: 'refused' as const, problems: input.problems };
        if (change.status === 'gone') return gone(app, context, id);
        if (change.status === 'changed') return show(context, id, { said: 'Saved.', saved });
        return show(context, id, {
          problems: change.problems,
          ...(input.ok ? { sent: filled(input.fields) } : {}),
        });
      }),
    )
    .get(
      '/preferences/:token/harvest',
      route(async (context, id) => {
        const saved = await loadPreferences(app.db, id);
        if (saved === null) return gone(app, context, id);
        const draft = readDraft(queryOf(context), saved);
        return panelAlone(context, await look(context, draft, await lookOf(app, context, id, saved)));
      }),
    )
    .post(
      '/preferences/:token/preview',
      route(async (context, id) => {
        const input = await readInput(context);
        return show(context, id, { sent: filled(taken(input.ok ? input.fields : {})) });
      }),
    )
    .post(
      '/preferences/:token/pause',
      route(async (context, id) => {
        const input = await readInput(context);
        const clock = await loadPreferences(app.db, id);
        if (clock === null) return gone(app, context, id);
        const parsed = parsePause(input.ok ? input.fields : {}, { timeZone: clock.timeZone, now: app.now() });
        if (!parsed.ok) return show(context, id, { problems: parsed.problems });
        if (!(await pause(app, id, parsed.until))) return gone(app, context, id);
        return show(context, id, { said: 'Paused.' });
      }),
    )
    .post(
      '/preferences/:token/resume',
      route(async (context, id) => {
        await resume(app, id);
        return show(context, id, { said: 'The digests go on.' });
      }),
    );
}

type Shown = {
  said?: string;
  problems?: Problem[];
  /** The form as it was sent, when it is not stored. */
  sent?: Filled;
  /** What was stored before, when it has just changed. */
  saved?: Subscription | null;
  /** Topics that a letter proposed: written below the reader's own, not stored. */
  add?: string[];
};

type Looking = ReturnType<typeof harvests>;

const showing =
  (app: App, look: Looking) =>
  async (
    context: Context,
    id: string,
    { said, problems = [], sent, saved, add = [] }: Shown = {},
  ): Promise<Response> => {
    const subscription = await loadPreferences(app.db, id);
    if (subscription === null || LEFT.includes(subscription.status)) return gone(app, context, id);
    if (isJson(context))
      return answer(context, problems.length > 0 ? 400 : 200, {
        json: problems.length > 0 ? { problems } : subscription,
        page: html``,
      });
    const asked = await lookOf(app, context, id, saved ?? subscription);
    const values = { ...filled(subscription), ...(add.length > 0 ? withTopics(subscription, add) : sent) };
    const panel = await look(context, readDraft(values, subscription), asked);
    const page = preferencesPage(app, id, subscription, {
      path: pathOf(context),
      said: add.length > 0 ? 'These topics are written below yours. Save, and they are yours.' : said,
      problems,
      values,
      panel: drawn(panel),
      taste: await tasteSection(app, id),
    });
    return context.html(page, problems.length > 0 ? 400 : 200);
  };

const LEFT: SubscriberStatus[] = ['unsubscribed', 'suppressed'];

async function lookOf(app: App, context: Context, id: string, saved: Subscription) {
  const shown = await shownTo(app, id, saved, readDraft(saved, saved));
  return { action: `${pathOf(context)}/preview`, shown };
}

const withTopics = ({ topics }: Subscription, add: string[]): Filled =>
  filled({ topics: [...topics, ...add.filter((topic) => !topics.includes(topic)).slice(0, MOST_ADDED)] });
const MOST_ADDED = 6;

const pathOf = ({ req }: Context) => req.path.replace(/\/(harvest|preview|pause|resume)$/, '');

/** Whoever has left may come back in one step, while it can be undone. */
async function gone(app: App, context: Context, id: string): Promise<Response> {
  const leaving = await undoableLeaving(app, id);
  const back = leaving
    ? html`<a href="${undoUrlOf(app, leaving)}">Undo my unsubscribing</a>`
    : html`There is nothing to change here. <a href="/#sign-up">Sign up again?</a>`;
  return answer(context, 410, { json: { status: 'gone' }, page: notice('You are not subscribed', back) });
}

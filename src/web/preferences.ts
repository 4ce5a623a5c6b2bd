import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { feedUrlOf, undoUrlOf, urlOf } from '../subscribers/links.ts';
import { parsePause, pause, resume } from '../subscribers/pause.ts';
import { changePreferences, loadPreferences, type Subscription } from '../subscribers/preferences.ts';
import { undoableLeaving } from '../subscribers/resubscribe.ts';
import type { Problem } from '../subscribers/subscriber.ts';
import { type Filled, filled, problemList, wishInputs } from './form.ts';
import { answer, readInput } from './input.ts';
import { type Html, layout, notice } from './layout.ts';
import { withLink } from './link.ts';
import { pauseCard } from './pause.ts';
import { tasteSection } from './taste.ts';

/** GET shows the preferences; POST changes them, all or nothing; POST …/pause and …/resume hold the digests back. */
export function preferencesRoutes(app: App): Hono {
  const route = (handle: (context: Context, id: string) => Promise<Response>) =>
    withLink(app, 'preferences', handle);
  return new Hono()
    .get(
      '/preferences/:token',
      route((context, id) => show(app, context, id, { add: context.req.queries('add') ?? [] })),
    )
    .post(
      '/preferences/:token',
      route(async (context, id) => {
        const input = await readInput(context);
        const change = input.ok
          ? await changePreferences(app, id, input.fields)
          : { status: 'refused' as const, problems: input.problems };
        if (change.status === 'gone') return gone(app, context, id);
        if (change.status === 'changed') return show(app, context, id, { said: 'Saved.' });
        return show(app, context, id, {
          problems: change.problems,
          ...(input.ok ? { sent: filled(input.fields) } : {}),
        });
      }),
    )
    .post(
      '/preferences/:token/pause',
      route(async (context, id) => {
        const input = await readInput(context);
        const clock = await loadPreferences(app.db, id);
        if (clock === null) return gone(app, context, id);
        const parsed = parsePause(input.ok ? input.fields : {}, { timeZone: clock.timeZone, now: app.now() });
        if (!parsed.ok) return show(app, context, id, { problems: parsed.problems });
        if (!(await pause(app, id, parsed.until))) return gone(app, context, id);
        return show(app, context, id, { said: 'Paused.' });
      }),
    )
    .post(
      '/preferences/:token/resume',
      route(async (context, id) => {
        await resume(app, id);
        return show(app, context, id, { said: 'The digests go on.' });
      }),
    );
}

type Shown = {
  said?: string;
  problems?: Problem[];
  sent?: Filled;
  /** Topics that a letter proposed: written below the reader's own, not stored. */
  add?: string[];
};

async function show(
  app: App,
  context: Context,
  id: string,
  { said, problems = [], sent, add = [] }: Shown = {},
): Promise<Response> {
  const subscription = await loadPreferences(app.db, id);
  if (subscription === null || subscription.status === 'unsubscribed' || subscription.status === 'suppressed')
    return gone(app, context, id);
  return answer(context, problems.length > 0 ? 400 : 200, {
    json: problems.length > 0 ? { problems } : subscription,
    page: page(app, id, subscription, {
      path: context.req.path.replace(/\/(pause|resume)$/, ''),
      said: add.length > 0 ? 'These topics are written below yours. Save, and they are yours.' : said,
      problems,
      values: { ...filled(subscription), ...(add.length > 0 ? withTopics(subscription, add) : sent) },
      taste: await tasteSection(app, id),
    }),
  });
}

const withTopics = ({ topics }: Subscription, add: string[]): Filled =>
  filled({ topics: [...topics, ...add.filter((topic) => !topics.includes(topic)).slice(0, MOST_ADDED)] });
const MOST_ADDED = 6;

function page(
  app: App,
  id: string,
  subscription: Subscription,
  {
    path,
    said,
    problems,
    values,
    taste,
  }: { path: string; said: string | undefined; problems: Problem[]; values: Filled; taste: Html },
): Html {
  return layout(
    { title: 'Your preferences' },
    html`<article class="narrow">
<h1>Your preferences</h1>
<p>For <strong>${subscription.email}</strong>.${subscription.status === 'pending' ? ' Not confirmed yet: no digest comes before you press the button in our mail.' : ''}</p>
${said ? html`<p class="said" role="status">${said}</p>` : ''}
<form class="card" method="post" action="${path}">
${problemList(problems.filter(({ field }) => field !== 'until'))}
${wishInputs(values, problems)}
<button type="submit">Save</button>
</form>
${pauseCard(path, subscription, { now: app.now(), problems })}
${taste}
<section class="card">
<h2>More</h2>
<ul class="plain">
<li><a href="${feedUrlOf(app, id)}">Your private feed</a>: your digests in a feed reader. Whoever has its address can read it.</li>
<li><a href="${urlOf(app, 'data', id)}">Your data</a>: download it, or have it deleted.</li>
<li><a href="${urlOf(app, 'unsubscribe', id)}">Unsubscribe</a></li>
</ul>
</section>
</article>`,
  );
}

/** Whoever has left may come back in one step, while it can be undone. */
async function gone(app: App, context: Context, id: string): Promise<Response> {
  const leaving = await undoableLeaving(app, id);
  const back = leaving
    ? html`<a href="${undoUrlOf(app, leaving)}">Undo my unsubscribing</a>`
    : html`There is nothing to change here. <a href="/#sign-up">Sign up again?</a>`;
  return answer(context, 410, { json: { status: 'gone' }, page: notice('You are not subscribed', back) });
}

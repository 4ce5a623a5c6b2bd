import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import type { App } from '../app.ts';
import { urlOf } from '../subscribers/links.ts';
import { pause, resume } from '../subscribers/pause.ts';
import { changePreferences, loadPreferences, type Subscription } from '../subscribers/preferences.ts';
import type { Problem } from '../subscribers/subscriber.ts';
import { type Filled, filled, problemList, wishInputs } from './form.ts';
import { answer, readInput } from './input.ts';
import { type Html, layout, notice } from './layout.ts';
import { withLink } from './link.ts';
import { tasteSection } from './taste.ts';

/** GET shows the preferences; POST changes them, all or nothing; POST …/pause and …/resume hold the digests back. */
export function preferencesRoutes(app: App): Hono {
  const route = (handle: (context: Context, id: string) => Promise<Response>) =>
    withLink(app, 'preferences', handle);
  return new Hono()
    .get(
      '/preferences/:token',
      route((context, id) => show(app, context, id)),
    )
    .post(
      '/preferences/:token',
      route(async (context, id) => {
        const input = await readInput(context);
        const change = input.ok
          ? await changePreferences(app, id, input.fields)
          : { status: 'refused' as const, problems: input.problems };
        if (change.status === 'gone') return gone(context);
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
        const parsed = pauseFields.safeParse(input.ok ? input.fields : {});
        if (!parsed.success) return show(app, context, id, { problems: [PAUSE_PROBLEM] });
        if (!(await pause(app, id, parsed.data.days))) return gone(context);
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

const PAUSES = { '7': 'a week', '14': 'two weeks', '30': 'a month', open: 'as long as I do not resume' };
const PAUSE_PROBLEM = { field: 'days', message: 'Choose how long the pause is to be.' };
const pauseFields = z.object({
  days: z.enum(['7', '14', '30', 'open']).transform((days) => (days === 'open' ? null : Number(days))),
});

async function show(
  app: App,
  context: Context,
  id: string,
  { said, problems = [], sent }: { said?: string; problems?: Problem[]; sent?: Filled } = {},
): Promise<Response> {
  const subscription = await loadPreferences(app.db, id);
  if (subscription === null || subscription.status === 'unsubscribed' || subscription.status === 'suppressed')
    return gone(context);
  return answer(context, problems.length > 0 ? 400 : 200, {
    json: problems.length > 0 ? { problems } : subscription,
    page: page({
      subscription,
      path: context.req.path.replace(/\/(pause|resume)$/, ''),
      leave: urlOf(app, 'unsubscribe', id),
      said,
      problems,
      values: { ...filled(subscription), ...sent },
      taste: await tasteSection(app, id),
    }),
  });
}

function page({
  subscription,
  path,
  leave,
  said,
  problems,
  values,
  taste,
}: {
  subscription: Subscription;
  path: string;
  leave: string;
  said: string | undefined;
  problems: Problem[];
  values: Filled;
  taste: Html;
}): Html {
  return layout(
    { title: 'Your preferences' },
    html`<article class="narrow">
<h1>Your preferences</h1>
<p>For <strong>${subscription.email}</strong>.${subscription.status === 'pending' ? ' Not confirmed yet: no digest comes before you press the button in our mail.' : ''}</p>
${said ? html`<p class="said" role="status">${said}</p>` : ''}
<form class="card" method="post" action="${path}">
${problemList(problems)}
${wishInputs(values, problems)}
<button type="submit">Save</button>
</form>
${subscription.status === 'paused' ? resumeForm(path, subscription.pausedUntil) : ''}
${subscription.status === 'active' ? pauseForm(path) : ''}
${taste}
<p><a href="${leave}">Unsubscribe</a></p>
</article>`,
  );
}

const pauseForm = (path: string) => html`<form class="card inline" method="post" action="${path}/pause">
<label for="days">Pause for</label>
<select id="days" name="days">${Object.entries(PAUSES).map(([days, text]) => html`<option value="${days}">${text}</option>`)}</select>
<button class="quiet" type="submit">Pause</button>
</form>`;

const resumeForm = (
  path: string,
  until: Date | null,
) => html`<form class="card inline" method="post" action="${path}/resume">
<p>Paused${until ? ` until ${until.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })}` : ''}.</p>
<button class="quiet" type="submit">Resume</button>
</form>`;

const gone = (context: Context) =>
  answer(context, 410, {
    json: { status: 'gone' },
    page: notice(
      'You are not subscribed',
      html`There is nothing to change here. <a href="/#sign-up">Sign up again?</a>`,
    ),
  });

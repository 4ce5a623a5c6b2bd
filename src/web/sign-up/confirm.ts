import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { latestOpening, nextDigest } from '../../digests/next.ts';
import { inert } from '../../digests/plain.ts';
import { confirm } from '../../subscribers/confirm.ts';
import { urlOf } from '../../subscribers/links.ts';
import { loadPreferences, type Subscription } from '../../subscribers/preferences.ts';
import { DEFAULTS } from '../../subscribers/subscriber.ts';
import { answer } from '../input.ts';
import { type Html, layout, notice } from '../layout.ts';
import { withLink } from '../reader/link.ts';

/** GET shows what was asked for and a button, POST confirms it. */
export function confirmRoutes(app: App): Hono {
  return new Hono()
    .get(
      '/confirm/:token',
      withLink(app, 'confirm', async (context, id) => {
        const subscription = await loadPreferences(app.db, id);
        if (subscription?.status === 'pending') return context.html(question(subscription));
        const standing = subscription?.status === 'active' || subscription?.status === 'paused';
        return context.html(standing ? already(app, id) : gone(), standing ? 200 : 410);
      }),
    )
    .post(
      '/confirm/:token',
      withLink(app, 'confirm', async (context, id) => {
        const { status } = await confirm(app, id);
        if (status === 'gone') return answer(context, 410, { json: { status }, page: gone() });
        const page = status === 'confirmed' ? await confirmed(app, id) : already(app, id);
        return answer(context, 200, { json: { status }, page });
      }),
    );
}

const question = ({ email, topics }: Subscription) =>
  layout(
    { title: 'Confirm your subscription' },
    html`<article class="notice">
<h1>Shall the digests begin?</h1>
<p>They go to <strong>${email}</strong>, on ${topics.length === 1 ? 'this topic' : 'these topics'}:</p>
<ul>${topics.map((topic) => html`<li><bdi>${inert(topic)}</bdi></li>`)}</ul>
<form method="post"><button type="submit">Yes, confirm</button></form>
<p class="hint">You did not ask for this? Close this page, and no digest will come.</p>
</article>`,
  );

async function confirmed(app: App, id: string): Promise<Html> {
  const clock = (await loadPreferences(app.db, id)) ?? DEFAULTS;
  const when = nextDigest(app, clock, await latestOpening(app));
  return notice(
    'You are subscribed',
    `The first digest comes ${when}, or as soon after as there is something on your topics.`,
    html`<a href="${urlOf(app, 'preferences', id)}">See what it would bring, and change topics, hour or how often</a>`,
  );
}

const already = (app: App, id: string) =>
  notice(
    'You are subscribed already',
    'This subscription is confirmed; there is nothing left to do.',
    html`<a href="${urlOf(app, 'preferences', id)}">Change topics, hour or how often</a>`,
  );

const gone = () =>
  notice(
    'This link has run out',
    'A sign-up is to be confirmed within seven days.',
    html`<a href="/#sign-up">Sign up again</a>; it takes a minute.`,
  );

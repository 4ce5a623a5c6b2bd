import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { readMoment, urlOf } from '../../subscribers/links.ts';
import { type Leaving, resubscribe, undoableLeaving } from '../../subscribers/resubscribe.ts';
import { answer } from '../input.ts';
import { layout, notice } from '../layout.ts';
import { incomplete } from './link.ts';

/** GET shows a button, POST undoes the leaving that the link was made for. */
export function resubscribeRoutes(app: App): Hono {
  const route = (handle: (context: Context, leaving: Leaving) => Promise<Response>) => (context: Context) => {
    context.header('Cache-Control', 'no-store');
    const leaving = readMoment(app.secrets, 'resubscribe', context.req.param('token') ?? '');
    return leaving ? handle(context, leaving) : incomplete(context);
  };
  return new Hono()
    .get(
      '/resubscribe/:token',
      route(async (context, { id, at }) => {
        const leaving = await undoableLeaving(app, id);
        if (leaving?.at.getTime() === at.getTime()) return context.html(question);
        return context.html(gone, 410);
      }),
    )
    .post(
      '/resubscribe/:token',
      route(async (context, leaving) => {
        const { status } = await resubscribe(app, leaving);
        if (status === 'gone') return answer(context, 410, { json: { status }, page: gone });
        return answer(context, 200, { json: { status }, page: back(app, leaving.id) });
      }),
    );
}

const question = layout(
  { title: 'Come back' },
  html`<article class="notice">
<h1>Shall the digests go on?</h1>
<p>Your topics and preferences are as you left them.</p>
<form method="post"><button type="submit">Yes, undo my unsubscribing</button></form>
</article>`,
);

const back = (app: App, id: string) =>
  notice(
    'You are subscribed again',
    'Everything is as it was, and the next edition comes at your hour.',
    html`<a href="${urlOf(app, 'preferences', id)}">Fewer mails, other topics, a pause?</a>`,
  );

const gone = notice(
  'This cannot be undone any more',
  'It was too long ago, it was not the last time that you left, or the subscription goes on already.',
  html`<a href="/#sign-up">Sign up again</a>, or have us <a href="/lost-link">send you the link to your preferences</a>.`,
);

import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { unsubscribe } from '../subscribers/unsubscribe.ts';
import { answer } from './input.ts';
import { layout, notice } from './layout.ts';
import { withLink } from './link.ts';

/**
 * GET shows a button, since mail scanners follow every link. POST unsubscribes at once, whatever its body: the button's,
 * or the `List-Unsubscribe=One-Click` of a mail program (RFC 8058), which sends no cookie and follows no redirect.
 */
export function unsubscribeRoutes(app: App): Hono {
  return new Hono()
    .get(
      '/unsubscribe/:token',
      withLink(app, 'unsubscribe', async (context) => context.html(question)),
    )
    .post(
      '/unsubscribe/:token',
      withLink(app, 'unsubscribe', async (context, id) => {
        await unsubscribe(app, id);
        return answer(context, 200, { json: { status: 'unsubscribed' }, page: done });
      }),
    );
}

const question = layout(
  { title: 'Unsubscribe' },
  html`<article class="notice">
<h1>Shall the digests end?</h1>
<form method="post"><button type="submit">Yes, unsubscribe</button></form>
<p class="hint">You get no more mail from us after that.</p>
</article>`,
);

const done = notice(
  'You are unsubscribed',
  'No more digests will come.',
  html`Changed your mind? <a href="/#sign-up">Sign up again.</a>`,
);

import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { dataOf } from '../../subscribers/data.ts';
import { eraseReader } from '../../subscribers/suppression.ts';
import { answer } from '../input.ts';
import { type Html, layout, notice } from '../layout.ts';
import { withLink } from './link.ts';

/**
 * GET /data/TOKEN: what is held about a reader, to have (…/paperboy.json) or to delete: GET …/erase asks, POST does it.
 * It works for whoever has left, too.
 */
export function dataRoutes(app: App): Hono {
  const known = (handle: (context: Context, data: object) => Response | Promise<Response>) =>
    withLink(app, 'data', async (context, id) => {
      const data = await dataOf(app.db, id);
      return data ? handle(context, data) : context.html(nothing, 410);
    });
  return new Hono()
    .get(
      '/data/:token',
      known((context) => context.html(overview(context.req.path))),
    )
    .get(
      '/data/:token/paperboy.json',
      known((context, data) =>
        context.body(`${JSON.stringify(data, null, 2)}\n`, 200, {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Disposition': 'attachment; filename="paperboy.json"',
        }),
      ),
    )
    .get(
      '/data/:token/erase',
      known((context) => context.html(question(context.req.path.replace(/\/erase$/, '')))),
    )
    .post(
      '/data/:token/erase',
      withLink(app, 'data', async (context, id) => {
        await eraseReader(app, id);
        return answer(context, 200, { json: { status: 'erased' }, page: erased });
      }),
    );
}

const overview = (path: string): Html =>
  layout(
    { title: 'Your data' },
    html`<article class="narrow">
<h1>What is held about you</h1>
<p>Your address, topics, preferences and examples; which digests and letters were sent to you, when, and what became of them;
what came back, such as a bounce. No opens and no clicks: neither is counted.</p>
<p><a class="button quiet" href="${path}/paperboy.json" download>Download all of it (JSON)</a></p>
<h2>Delete me</h2>
<p>Ends the subscription and deletes all of this at once, for good.</p>
<p><a class="button quiet" href="${path}/erase">Delete me…</a></p>
</article>`,
  );

const question = (path: string): Html =>
  layout(
    { title: 'Delete me' },
    html`<article class="notice">
<h1>Delete everything about you?</h1>
<p>It cannot be undone. One thing stays: a keyed hash of your address, from which nobody can read it, so that neither
you nor a stranger signs it up again. Only the operator of this site can lift that.</p>
<form method="post"><button class="grave" type="submit">Yes, delete me</button></form>
<p><a href="${path}">No, go back</a></p>
</article>`,
  );

const erased = notice(
  'You are deleted',
  'Nothing about you is held any more but a keyed hash of your address, so that it is never written to again.',
);

const nothing = notice('Nothing is held about you', 'There is no subscription behind this link any more.');

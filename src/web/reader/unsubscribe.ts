import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import type { App } from '../../app.ts';
import { type DepartureReason, REASONS, tellWhy } from '../../subscribers/departures.ts';
import { undoUrlOf, urlOf } from '../../subscribers/links.ts';
import { UNDO_DAYS, undoableLeaving } from '../../subscribers/resubscribe.ts';
import { unsubscribe } from '../../subscribers/unsubscribe.ts';
import { answer, readInput } from '../input.ts';
import { type Html, layout } from '../layout.ts';
import { withLink } from './link.ts';

/**
 * GET shows a button, since mail scanners follow every link. POST unsubscribes at once, whatever its body: the button's,
 * or the `List-Unsubscribe=One-Click` of a mail program (RFC 8058), which sends no cookie and follows no redirect. The
 * page that answers offers to undo it, and asks why: POST …/why, which may stay unanswered.
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
        const page = await left(app, id, whyForm(`${context.req.path}/why`));
        return answer(context, 200, { json: { status: 'unsubscribed' }, page });
      }),
    )
    .post(
      '/unsubscribe/:token/why',
      withLink(app, 'unsubscribe', async (context, id) => {
        const input = await readInput(context);
        const parsed = whyFields.safeParse(input.ok ? input.fields : {});
        if (parsed.success) await tellWhy(app, id, parsed.data.reason);
        const thanks = html`<p class="said" role="status">Thank you, that helps.</p>`;
        const again = whyForm(context.req.path, WHY_PROBLEM);
        return answer(context, parsed.success ? 200 : 400, {
          json: parsed.success
            ? { status: 'told' }
            : { problems: [{ field: 'reason', message: WHY_PROBLEM }] },
          page: await left(app, id, parsed.success ? thanks : again),
        });
      }),
    );
}

const question = layout(
  { title: 'Unsubscribe' },
  html`<article class="notice">
<h1>Shall the digests end?</h1>
<form method="post"><button type="submit">Yes, unsubscribe</button></form>
<p class="hint">You can undo it for ${UNDO_DAYS} days. Too many mails, or away for a while? Your preferences, linked in every digest, have weekly digests and a pause.</p>
</article>`,
);

const WHY_PROBLEM = 'Choose one of the reasons.';
const whyFields = z.object({ reason: z.enum(REASONS) });
const WORDS: Record<DepartureReason, string> = {
  'too much': 'Too many mails, or too long',
  'off topic': 'The papers were not what I look for',
  elsewhere: 'I read papers elsewhere',
  'never asked': 'I never asked for this',
  other: 'Something else',
};

const whyForm = (
  action: string,
  problem?: string,
) => html`<form class="card" method="post" action="${action}">
<fieldset>
<legend>Would you tell us why?</legend>
<p class="hint" id="reason-hint">It is counted without your address.</p>
${problem ? html`<p class="problem" id="reason-problem" role="alert">${problem}</p>` : ''}
${REASONS.map((reason) => html`<label class="choice"><input type="radio" name="reason" value="${reason}" required> ${WORDS[reason]}</label>`)}
</fieldset>
<button class="quiet" type="submit">Send</button>
</form>`;

/** What somebody sees who has left: the way back, while there is one, and `rest`. */
async function left(app: App, id: string, rest: Html): Promise<Html> {
  const leaving = await undoableLeaving(app, id);
  return layout(
    { title: 'You are unsubscribed' },
    html`<article class="notice">
<h1>You are unsubscribed</h1>
<p>No more digests will come.</p>
${
  leaving
    ? html`<form method="post" action="${undoUrlOf(app, leaving)}"><button type="submit">Undo, I want to stay</button></form>
${rest}
<p class="hint"><a href="${urlOf(app, 'data', id)}">What is held about you</a>, to have or to delete.</p>`
    : html`<p>Changed your mind? <a href="/#sign-up">Sign up again.</a></p>`
}
</article>`,
  );
}

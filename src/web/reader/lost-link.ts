import { setTimeout as wait } from 'node:timers/promises';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { parseLostLink, sendLostLink } from '../../subscribers/lost-link.ts';
import type { Problem } from '../../subscribers/subscriber.ts';
import { emailInput, type Filled, filled, problemList } from '../form.ts';
import { answer, readInput } from '../input.ts';
import { type Html, layout, notice } from '../layout.ts';
import { limitAddress } from '../limits.ts';
import { EVEN_MS } from '../sign-up/subscribe.ts';

/** GET /lost-link asks for an address; POST sends it the link to its preferences, if it has any, and never says which. */
export function lostLinkRoutes(app: App): Hono {
  const tooManyFor = limitAddress(app);
  return new Hono()
    .get('/lost-link', (context) => context.html(form()))
    .post('/lost-link', async (context) => {
      const input = await readInput(context);
      const parsed = input.ok ? parseLostLink(input.fields) : input;
      if (parsed.ok && 'address' in parsed) {
        const refusal = await tooManyFor(context, parsed.address.key);
        if (refusal) return refusal;
        await Promise.all([sendLostLink(app, parsed.address), wait(EVEN_MS)]);
        return answer(context, 202, {
          json: { message: WORDS },
          page: notice('Look into your inbox', WORDS),
        });
      }
      const problems = 'problems' in parsed ? parsed.problems : [];
      const values = input.ok ? filled(input.fields) : {};
      return answer(context, 400, { json: { problems }, page: form(values, problems) });
    });
}

const WORDS =
  'If this address has a subscription, a mail with its link is on the way. If nothing arrives, look into the spam ' +
  'folder, or for an earlier mail of ours: we write no more than once a day.';

const form = (values: Filled = {}, problems: Problem[] = []): Html =>
  layout(
    { title: 'Your preferences' },
    html`<article class="narrow">
<h1>Change or end your subscription</h1>
<p>Every digest ends with links to your preferences and to unsubscribe. No digest at hand? We send you a mail with the link.</p>
<form class="card" method="post">
${problemList(problems)}
${emailInput(values, problems)}
<button type="submit">Send me my link</button>
</form>
</article>`,
  );

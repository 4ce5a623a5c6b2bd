import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { feedUrlOf, urlOf } from '../../subscribers/links.ts';
import type { Subscription } from '../../subscribers/preferences.ts';
import type { Problem } from '../../subscribers/subscriber.ts';
import { defaultButton, type Filled, problemList } from '../form.ts';
import { type Html, layout } from '../layout.ts';
import { harvestSlot } from '../sign-up/harvest-slot.ts';
import { wishInputs } from '../sign-up/wish-inputs.ts';
import { pauseCard } from './pause.ts';

type Parts = {
  path: string;
  said: string | undefined;
  problems: Problem[];
  values: Filled;
  /** What the topics bring; undefined when too many ask at once. */
  panel: Html | undefined;
  /** What the reader wants more and less of. */
  taste: Html;
};

/** The page of one reader's preferences, with what their next digest would be. */
export function preferencesPage(
  app: App,
  id: string,
  subscription: Subscription,
  { path, said, problems, values, panel, taste }: Parts,
): Html {
  const sources = { source: `${path}/harvest`, action: `${path}/preview` };
  return layout(
    { title: 'Your preferences' },
    html`<article class="desk">
<h1>Your preferences</h1>
<p>For <strong>${subscription.email}</strong>.${subscription.status === 'pending' ? ' Not confirmed yet: no digest comes before you press the button on the page that our mail leads to.' : ''}</p>
${said ? html`<p class="said" role="status">${said}</p>` : ''}
<form class="card" method="post" action="${path}">
${defaultButton('Save')}
${problemList(problems.filter(({ field }) => field !== 'until'))}
${wishInputs(values, problems, harvestSlot(sources, panel))}
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

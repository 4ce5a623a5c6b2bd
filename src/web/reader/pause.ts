import { html } from 'hono/html';
import type { Subscription } from '../../subscribers/preferences.ts';
import type { Problem } from '../../subscribers/subscriber.ts';
import { described, problemsOf } from '../form.ts';
import type { Html } from '../layout.ts';

/** On the preferences page: holds the digests back, or has them go on. */
export function pauseCard(
  path: string,
  subscription: Pick<Subscription, 'status' | 'pausedUntil' | 'timeZone'>,
  { now, problems }: { now: Date; problems: Problem[] },
): Html {
  if (subscription.status === 'pending') return html``;
  const paused = subscription.status === 'paused';
  return html`<section class="card pause" id="pause">
<h2>${paused ? `Paused${until(subscription)}` : 'Away for a while?'}</h2>
${
  paused
    ? html`<form method="post" action="${path}/resume#pause"><button type="submit">Resume now</button></form>
<p class="hint">Or pause for another time:</p>`
    : html`<p class="hint">Pause the digests; they go on by themselves.</p>`
}
<form method="post" action="${path}/pause#pause" class="inline">
${PAUSES.map(([days, text]) => html`<button class="quiet" type="submit" name="days" value="${days}">${text}</button>`)}
</form>
<form method="post" action="${path}/pause#pause" class="inline">
<label for="until">Or until</label>
<input id="until" name="until" type="date" required ${bounds(now, subscription.timeZone)} ${described('until', problems)}>
<button class="quiet" type="submit">Pause until then</button>
${problemsOf('until', problems)}
</form>
</section>`;
}

const PAUSES = [
  ['7', 'A week'],
  ['14', 'Two weeks'],
  ['30', '30 days'],
  ['open', 'Until I resume'],
] as const;

const until = ({ pausedUntil, timeZone }: Pick<Subscription, 'pausedUntil' | 'timeZone'>) =>
  pausedUntil
    ? ` until ${pausedUntil.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone })}`
    : ' until you resume';

/** The first and the last day that a pause can end on. */
function bounds(now: Date, timeZone: string): Html {
  const today = now.toTemporalInstant().toZonedDateTimeISO(timeZone).toPlainDate();
  return html`min="${today.add({ days: 1 }).toString()}" max="${today.add({ days: 365 }).toString()}"`;
}

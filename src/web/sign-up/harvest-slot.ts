import { html } from 'hono/html';
import type { Html } from '../layout.ts';

/**
 * Where the panel stands in a form, below the topics. The page's script fills it from `source` while somebody types;
 * without it the button sends the form to `action`, which shows the page again with the panel.
 */
export const harvestSlot = ({ source, action }: { source: string; action: string }, panel?: Html): Html =>
  html`<div class="harvest" data-harvest="${source}">
<button class="quiet" type="submit" formaction="${action}#topics" formmethod="post" formnovalidate>See what they would bring</button>
<p class="hint" role="status"></p>
<div>${panel ?? ''}</div>
</div>`;

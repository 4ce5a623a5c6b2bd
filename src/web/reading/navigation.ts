import { html } from 'hono/html';
import { monthOf, type Span, weekOf } from '../../editions/span.ts';
import type { Day } from '../../lib/day.ts';
import type { Html } from '../layout.ts';

/** The nearest days with an edition before and after one. */
export type Neighbours = { before: Day | null; after: Day | null };

type Kind = 'day' | Span['kind'];

/** Day, week and month around a day, and the way to the one before and the one after what is shown. */
export function spanTabs(date: Day, shown: Kind, { before, after }: Neighbours): Html {
  const tabs: [Kind, string, string][] = [
    ['day', 'Day', addressOf('day', date)],
    ['week', 'Week', addressOf('week', date)],
    ['month', 'Month', addressOf('month', date)],
  ];
  return html`<nav class="spans" aria-label="Editions">
<ul>${tabs.map(([kind, name, href]) => html`<li><a href="${href}" ${kind === shown ? html`aria-current="page"` : ''}>${name}</a></li>`)}</ul>
<p>${before ? html`<a href="${addressOf(shown, before)}" rel="prev">← Earlier</a>` : ''} ${after ? html`<a href="${addressOf(shown, after)}" rel="next">Later →</a>` : ''}</p>
</nav>`;
}

function addressOf(kind: Kind, day: Day): string {
  if (kind === 'day') return `/?date=${day}`;
  return kind === 'week' ? `/week/${weekOf(day).name}` : `/month/${monthOf(day).name}`;
}

/** The way to the pages before and after one of a list; nothing where all is on one. */
export function pageTabs(page: number, pages: number, to: (page: number) => string): Html {
  if (pages < 2) return html``;
  return html`<nav class="pages" aria-label="Pages">
<span>${page > 1 ? html`<a href="${to(page - 1)}" rel="prev">← Page ${page - 1}</a>` : ''}</span>
<span>Page ${page} of ${pages}</span>
<span>${page < pages ? html`<a href="${to(page + 1)}" rel="next">Page ${page + 1} →</a>` : ''}</span>
</nav>`;
}

/** The page that `?page=` asks for, from 1; the first for whatever is no number. */
export const pageAsked = (text: string | undefined, most: number): number =>
  /^[1-9]\d{0,3}$/.test(text ?? '') ? Math.min(most, Number(text)) : 1;

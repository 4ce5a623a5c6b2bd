import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import {
  editionRange,
  editionsBetween,
  hottestOf,
  monthNamed,
  type Span,
  weekNamed,
} from '../../editions/span.ts';
import { addDays, type Day } from '../../lib/day.ts';
import { refuse } from '../input.ts';
import { type Html, layout } from '../layout.ts';
import { spanTabs } from './navigation.ts';
import { count, paperItem, spoken } from './paper.ts';

const PAPERS = 50;

/** GET /week/2026-W19 and /month/2026-05: the hottest papers of the editions of those days. */
export function spanRoutes(app: App): Hono {
  const show = async (context: Context, span: Span | null, example: string) => {
    if (!span) return refuse(context, 404, 'There is no such span of days', `Write it as in ${example}.`);
    const range = await editionRange(app.db);
    const editions = await editionsBetween(app.db, span);
    if (editions.length === 0)
      return refuse(
        context,
        404,
        `There is no edition of this ${span.kind}`,
        range
          ? `The editions reach from ${spoken(range.first)} to ${spoken(range.last)}.`
          : 'No edition is published yet.',
      );
    const papers = await hottestOf(app.db, span, PAPERS);
    const before = range && range.first < span.from ? addDays(span.from, -1) : null;
    const after = range && range.last > span.to ? addDays(span.to, 1) : null;
    const date = editions[0]?.date ?? span.from;
    const hottest = papers[0]?.heat || 1;
    return context.html(
      page(
        span,
        date,
        editions.length,
        { before, after },
        html`<ol class="list">${papers.map((paper) => paperItem({ ...paper, warmth: paper.heat / hottest }))}</ol>`,
      ),
    );
  };
  return new Hono()
    .get('/week/:name', (context) => show(context, weekNamed(context.req.param('name')), '/week/2026-W19'))
    .get('/month/:name', (context) => show(context, monthNamed(context.req.param('name')), '/month/2026-05'));
}

const page = (
  span: Span,
  date: Day,
  editions: number,
  near: { before: Day | null; after: Day | null },
  list: Html,
) =>
  layout(
    { title: titleOf(span), index: true, here: '/' },
    html`<header><h1>${titleOf(span)}</h1>
<p class="date">The hottest papers of ${count(editions, 'edition')}</p>
${spanTabs(date, span.kind, near)}</header>
<div class="papers">${list}</div>`,
  );

function titleOf({ kind, from, to }: Span): string {
  const first = Temporal.PlainDate.from(from);
  if (kind === 'month') return first.toLocaleString('en-GB', { month: 'long', year: 'numeric' });
  const last = Temporal.PlainDate.from(to).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return `${first.toLocaleString('en-GB', { day: 'numeric', month: 'long' })} to ${last}`;
}

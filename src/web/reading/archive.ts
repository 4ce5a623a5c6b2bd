import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { editionRange, editionsBetween, monthNamed, monthOf } from '../../editions/span.ts';
import { addDays, type Day } from '../../lib/day.ts';
import { refuse } from '../input.ts';
import { type Html, layout } from '../layout.ts';

/** GET /archive: the editions of a year, month by month, as on a calendar. */
export function archiveRoutes({ db }: App): Hono {
  return new Hono().get('/archive', async (context) => {
    const range = await editionRange(db);
    if (!range) return context.html(page([], [], ''));
    const year = context.req.query('year') ?? range.last.slice(0, 4);
    if (!/^\d{4}$/.test(year))
      return refuse(context, 400, 'This is not a year', 'Write it as in ?year=2026.');
    const editions = await editionsBetween(db, { from: `${year}-01-01`, to: `${year}-12-31` });
    const years = Array.from(
      { length: Number(range.last.slice(0, 4)) - Number(range.first.slice(0, 4)) + 1 },
      (_, n) => String(Number(range.last.slice(0, 4)) - n),
    );
    return context.html(page(editions, years, year));
  });
}

function page(editions: { date: Day; papers: number }[], years: string[], year: string): Html {
  const months = [...new Set(editions.map(({ date }) => date.slice(0, 7)))];
  const papers = new Map(editions.map((edition) => [edition.date, edition.papers]));
  return layout(
    { title: year ? `Archive ${year}` : 'Archive', index: true, here: '/archive' },
    html`<header><h1>Archive</h1>
${years.length > 1 ? html`<nav class="spans" aria-label="Years"><ul>${years.map((other) => html`<li><a href="/archive?year=${other}" ${other === year ? html`aria-current="page"` : ''}>${other}</a></li>`)}</ul></nav>` : ''}
${months.length === 0 ? html`<p class="note">${year ? `There is no edition of ${year}.` : 'No edition is published yet.'}</p>` : ''}${months.length > 0 ? html`<p class="date">The days that have an edition, and how many papers are in it</p>` : ''}</header>
<div class="months">${months.map((name) => month(name, papers))}</div>`,
  );
}

/** Monday comes first, as in ISO 8601. */
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function month(name: string, papers: Map<Day, number>): Html {
  const { from, to } = monthNamed(name) ?? monthOf(`${name}-01`);
  const start = Temporal.PlainDate.from(from);
  const monday = addDays(from, 1 - start.dayOfWeek);
  const weeks = Math.ceil((start.dayOfWeek - 1 + start.daysInMonth) / 7);
  const cell = (day: Day) => {
    if (day < from || day > to) return html`<td></td>`;
    const many = papers.get(day);
    const number = Number(day.slice(8));
    if (many === undefined) return html`<td>${number}</td>`;
    return html`<td><a href="/?date=${day}">${number} <small>${many}<span class="unseen"> papers</span></small></a></td>`;
  };
  return html`<table class="month"><caption><a href="/month/${name}">${start.toLocaleString('en-GB', { month: 'long' })}</a></caption>
<thead><tr>${WEEKDAYS.map((day) => html`<th scope="col" abbr="${day}">${day.slice(0, 2)}</th>`)}</tr></thead>
<tbody>${Array.from({ length: weeks }, (_, week) => html`<tr>${Array.from({ length: 7 }, (_, n) => cell(addDays(monday, 7 * week + n)))}</tr>`)}</tbody></table>`;
}

import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { inert, legible } from '../digests/plain.ts';
import {
  type Edition,
  type EditionPaper,
  editionDays,
  latestEdition,
  loadEdition,
} from '../editions/edition.ts';
import { type Day, parseDay } from '../lib/day.ts';
import { signUpForm } from './form.ts';
import { refuse } from './input.ts';
import { type Html, layout, webLink } from './layout.ts';

/** GET /: the latest edition, or that of `?date=`, with the sign-up form. */
export function todayRoutes({ db }: App): Hono {
  return new Hono().get('/', async (context) => {
    const asked = context.req.query('date');
    const date = asked === undefined ? undefined : parseDay(asked);
    if (date === null) return refuse(context, 400, 'This is not a day', 'Write it as in ?date=2026-05-07.');
    const edition = date === undefined ? await latestEdition(db) : await loadEdition(db, date);
    if (edition === null && date !== undefined)
      return refuse(context, 404, 'There is no edition of this day', 'Days without new papers have none.');
    return context.html(page(edition, await editionDays(db, DAYS)));
  });
}

/** How many papers of an edition, hottest first, and how many days to go back to the page names. */
const PAPERS = 50;
const DAYS = 10;

const page = (edition: Edition | null, days: Day[]): Html =>
  layout(
    { title: edition ? spoken(edition.date) : 'Paperboy', index: true },
    html`<div class="front">
<header>${edition ? heading(edition) : empty}</header>
<aside>
<h2>Get them by mail</h2>
<p>Once a day, at your hour: the trending papers on your topics, and why each is there.</p>
${signUpForm()}
</aside>
${edition ? html`<div class="papers">${papers(edition)}${otherDays(edition, days)}</div>` : ''}
</div>`,
  );

const empty = html`<h1>The first edition is on its way</h1>
<p>No papers have come in yet. Sign up now, and the first digest finds you.</p>`;

const heading = ({ date, papers, notes }: Edition) => html`<h1>Trending papers</h1>
<p class="date"><time datetime="${date}">${spoken(date)}</time> · ${count(papers.length, 'paper')}</p>
${notes.map((note) => html`<p class="note">${inert(note)}</p>`)}`;

const papers = ({ papers }: Edition) => html`<ol>${papers.slice(0, PAPERS).map(paper)}</ol>
${papers.length > PAPERS ? html`<p class="hint">These are the ${PAPERS} hottest.</p>` : ''}`;

function otherDays({ date }: Edition, days: Day[]): Html {
  const others = days.filter((day) => day !== date);
  if (others.length === 0) return html``;
  return html`<nav aria-label="Editions"><h2>Other days</h2>
<ul class="days">${others.map((day) => html`<li><a href="/?date=${day}">${spoken(day)}</a></li>`)}</ul></nav>`;
}

function paper({
  id,
  title,
  authors,
  tldr,
  abstract,
  repository,
  projectPage,
  ...signals
}: EditionPaper): Html {
  const code = webLink(repository);
  const project = webLink(projectPage);
  return html`<li>
<h2><a href="https://arxiv.org/abs/${id}">${legible(title, TITLE)}</a></h2>
<p class="authors">${byline(authors)}</p>
<p>${legible(tldr ?? abstract, SUMMARY)}</p>
<p class="facts"><span>${signalWords(signals).join(' · ')}</span>${code ? html` <a href="${code}">Code</a>` : ''}${project ? html` <a href="${project}">Project</a>` : ''}</p>
</li>`;
}

const byline = (authors: string[]) =>
  inert(authors.length > 3 ? `${authors.slice(0, 3).join(', ')} et al.` : authors.join(', '));

/** In UTF-16 units. */
const TITLE = 300;
const SUMMARY = 400;

function signalWords({ votes, votesGained, comments, stars }: Signals): string[] {
  return [
    `${count(votes, 'vote')}${votesGained > 0 && votesGained < votes ? ` (+${votesGained} in a day)` : ''}`,
    ...(comments > 0 ? [count(comments, 'comment')] : []),
    ...(stars ? [`${count(stars, 'star')} on GitHub`] : []),
  ];
}

type Signals = Pick<EditionPaper, 'votes' | 'votesGained' | 'comments' | 'stars'>;

const count = (number: number, noun: string) =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

const spoken = (day: Day) =>
  Temporal.PlainDate.from(day).toLocaleString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });

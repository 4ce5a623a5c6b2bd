import { html } from 'hono/html';
import { inert, legible } from '../../digests/plain.ts';
import { type Day, startOf } from '../../lib/day.ts';
import { type Html, webLink } from '../layout.ts';
import { marked } from './marks.ts';

/** A paper as a list shows it; what its list does not know is left out. */
export type Shown = {
  id: string;
  title: string;
  authors: string[];
  tldr: string | null;
  abstract: string;
  repository: string | null;
  projectPage: string | null;
  votes: number;
  comments: number;
  stars: number | null;
  listedOn: Day;
  /** Position in the list, from 1. */
  rank?: number;
  /** Its position in the edition before, null where it was not in it; undefined where that says nothing. */
  rankBefore?: number | null;
  /** As a share of the hottest paper's, 0 to 1. */
  warmth?: number;
  votesGained?: number;
  starsGained?: number;
  /** Words to be marked where they stand. */
  words?: string[];
};

/** In UTF-16 units. */
const TITLE = 300;
const SUMMARY = 400;

/** One paper of a list: what it is, why it is there, and where to read on. */
export function paperItem({ words = [], ...paper }: Shown): Html {
  const { id, title, tldr, abstract, warmth } = paper;
  return html`<li class="paper">
${placeOf(paper)}
<a class="thumb" href="https://arxiv.org/abs/${id}" tabindex="-1" aria-hidden="true"><img src="/thumbnail/${id}" alt="" width="132" height="71" loading="lazy"></a>
<div>
<h2><a href="https://arxiv.org/abs/${id}">${marked(legible(title, TITLE), words)}</a></h2>
<p class="authors">${byline(paper.authors)}</p>
<p>${marked(legible(tldr ?? abstract, SUMMARY), words)}</p>
<p class="facts">${warmth === undefined ? '' : heatOf(warmth)}${signals(paper)}</p>
<p class="links">${links(paper)}</p>
</div>
</li>`;
}

function placeOf({ rank, rankBefore }: Shown): Html {
  if (rank === undefined) return html``;
  return html`<p class="rank">${rank}${rankBefore === undefined ? '' : html` ${movement(rank, rankBefore)}`}</p>`;
}

function movement(rank: number, before: number | null): Html {
  if (before === null) return html`<span class="up" title="Not in the edition before">new</span>`;
  const up = before - rank;
  if (up === 0) return html`<span title="As in the edition before">=</span>`;
  const [sign, way] = up > 0 ? ['▲', 'Up'] : ['▼', 'Down'];
  const places = `${way} ${count(Math.abs(up), 'place')} since the edition before`;
  return html`<span class="${up > 0 ? 'up' : 'down'}" title="${places}"><span aria-hidden="true">${sign}</span>${Math.abs(up)}<span class="unseen"> ${way.toLowerCase()}</span></span>`;
}

const byline = (authors: string[]) =>
  inert(authors.length > 3 ? `${authors.slice(0, 3).join(', ')} et al.` : authors.join(', '));

function heatOf(warmth: number): Html {
  const percent = Math.round(100 * warmth);
  return html`<meter class="heat" min="0" max="100" value="${percent}" title="Heat: votes, comments and stars gained, cooling with age; ${percent} % of the hottest paper’s">${percent} %</meter> `;
}

function signals({ rank, listedOn, votes, votesGained = 0, comments, stars, starsGained = 0 }: Shown): Html {
  const facts = [
    // A list by heat is of one day or span; any other is of all days.
    ...(rank === undefined
      ? [html`<span>Listed <time datetime="${listedOn}">${brief(listedOn)}</time></span>`]
      : []),
    counted(votes, 'vote', votesGained < votes ? votesGained : 0),
    ...(comments > 0 ? [counted(comments, 'comment', 0)] : []),
    ...(stars ? [counted(stars, 'GitHub star', starsGained)] : []),
  ];
  return html`${facts.map((fact, at) => html`${at > 0 ? ' · ' : ''}${fact}`)}`;
}

const counted = (many: number, noun: string, gained: number): Html =>
  html`<span>${count(many, noun)}${gained > 0 ? html` <span class="up" title="since yesterday">+${NUMBER.format(gained)}</span>` : ''}</span>`;

function links({ id, repository, projectPage }: Shown): Html {
  const all = [
    ['arXiv', `https://arxiv.org/abs/${id}`],
    ['PDF', `https://arxiv.org/pdf/${id}`],
    ['Hugging Face', `https://huggingface.co/papers/${id}`],
    ['Code', webLink(repository)],
    ['Project', webLink(projectPage)],
  ] as const;
  return html`${all.map(([label, url]) => (url ? html`<a href="${url}">${label}</a> ` : ''))}`;
}

export const count = (number: number, noun: string): string =>
  `${NUMBER.format(number)} ${noun}${number === 1 ? '' : 's'}`;

/** "7 May 2026" */
const brief = (day: Day): string => BRIEF.format(startOf(day));

/** "Thursday, 7 May 2026" */
export const spoken = (day: Day): string => SPOKEN.format(startOf(day));

/** Made once: a `toLocaleString` makes one each time, and a page has a hundred dates and numbers. */
const NUMBER = new Intl.NumberFormat('en');
const DATE = { day: 'numeric', year: 'numeric', timeZone: 'UTC' } as const;
const BRIEF = new Intl.DateTimeFormat('en-GB', { ...DATE, month: 'short' });
const SPOKEN = new Intl.DateTimeFormat('en-GB', { ...DATE, month: 'long', weekday: 'long' });

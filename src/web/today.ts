import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { inert } from '../digests/plain.ts';
import { type Edition, type EditionPaper, latestEdition, loadEdition } from '../editions/edition.ts';
import { previewMatches } from '../editions/matching.ts';
import { editionRange } from '../editions/span.ts';
import { type Day, parseDay } from '../lib/day.ts';
import { parseTopic } from '../topics/topic.ts';
import { signUpForm } from './form.ts';
import { refuse } from './input.ts';
import { type Html, layout } from './layout.ts';
import { type Neighbours, neighboursOf, spanTabs } from './navigation.ts';
import { count, paperItem, spoken } from './paper.ts';

/** GET /: the latest edition, or that of `?date=`, or of either what is on `?topic=`, with the sign-up form. */
export function todayRoutes(app: App): Hono {
  return new Hono().get('/', async (context) => {
    const { date: asked, topic = '' } = context.req.query();
    const date = asked === undefined ? undefined : parseDay(asked);
    if (date === null) return refuse(context, 400, 'This is not a day', 'Write it as in ?date=2026-05-07.');
    const edition = await (date === undefined ? latestEdition(app.db) : loadEdition(app.db, date));
    if (edition === null && date !== undefined)
      return refuse(context, 404, 'There is no edition of this day', await why(app, date));
    const filter = edition ? await filtered(app, edition, topic) : { papers: [] };
    return context.html(page({ edition, topic, filter, near: await neighboursOf(app.db, edition?.date) }));
  });
}

async function why({ db }: App, date: Day): Promise<string> {
  const range = await editionRange(db);
  if (!range) return 'No edition is published yet.';
  if (date > range.last) return `The latest is that of ${spoken(range.last)}.`;
  if (date < range.first) return `The first is that of ${spoken(range.first)}.`;
  return 'Nothing was published on it: its sources could not be read.';
}

/** How many papers of an edition, hottest first, the page shows. */
const PAPERS = 50;

type Filter = { papers: EditionPaper[]; words?: Map<string, string[]>; problem?: string };

/** The edition's papers that are on a topic, hottest first; all of them without one. */
async function filtered(app: App, { date, papers }: Edition, topic: string): Promise<Filter> {
  if (topic.trim() === '') return { papers };
  const parsed = parseTopic(topic);
  if (!parsed.ok) return { papers, problem: parsed.problem };
  const { matches } = await previewMatches(app, date, [parsed.topic]);
  const found = [...matches.values()].flat();
  const words = new Map(
    found.map(({ paperId, inTitle, inAbstract, inKeywords }) => [
      paperId,
      [...inTitle, ...inKeywords, ...inAbstract],
    ]),
  );
  return { papers: papers.filter(({ id }) => words.has(id)), words };
}

type Page = { edition: Edition | null; topic: string; filter: Filter; near: Neighbours };

const page = ({ edition, topic, filter, near }: Page): Html =>
  layout(
    {
      title: edition ? spoken(edition.date) : 'Paperboy',
      index: topic === '',
      here: '/',
      feed: feedOf(topic),
    },
    html`<div class="front">
<header>${edition ? heading(edition, topic, filter, near) : empty}</header>
<aside>
<h2>Get them by mail</h2>
<p>Once a day, at your hour: the trending papers on your topics, and why each is there.</p>
${signUpForm(topic && !filter.problem ? { topics: topic } : {})}
</aside>
${edition ? html`<div class="papers">${list(edition, topic, filter)}</div>` : ''}
</div>`,
  );

const feedOf = (topic: string) => (topic ? `?topics=${encodeURIComponent(topic)}` : '');

const empty = html`<h1>The first edition is on its way</h1>
<p>No papers have come in yet. Sign up now, and the first digest finds you.</p>`;

const heading = (
  { date, papers, notes }: Edition,
  topic: string,
  { problem }: Filter,
  near: Neighbours,
) => html`<h1>Trending papers</h1>
${spanTabs(date, 'day', near)}
<p class="date"><time datetime="${date}">${spoken(date)}</time> · ${count(papers.length, 'paper')}</p>
${notes.map((note) => html`<p class="note">${inert(note)}</p>`)}
<form class="filter" role="search" action="/">
<input type="hidden" name="date" value="${date}">
<label for="topic">On a topic</label>
<input id="topic" name="topic" type="search" value="${topic}" placeholder="world models -survey" maxlength="200" ${problem ? html`aria-invalid="true" aria-describedby="topic-problem"` : ''}>
<button class="quiet" type="submit">Show</button>
</form>
${problem ? html`<p class="problem" id="topic-problem">${inert(problem)} These are all papers.</p>` : ''}`;

function list({ date, papers: all }: Edition, topic: string, { papers, words, problem }: Filter): Html {
  if (all.length === 0)
    return html`<p class="note">No paper was listed in these days: weekends and holidays of arXiv are quiet.</p>`;
  if (words && !problem) {
    const elsewhere = html`<a href="/search?q=${encodeURIComponent(topic)}">Search all days</a>`;
    if (papers.length === 0)
      return html`<p class="note">Nothing in this edition is on “${inert(topic)}”. ${elsewhere}, or <a href="/?date=${date}">see all of it</a>.</p>`;
    return html`<p class="date">${count(papers.length, 'paper')} on “${inert(topic)}”. ${elsewhere}.</p>${items(papers, all, words)}`;
  }
  return items(papers, all);
}

function items(papers: EditionPaper[], all: EditionPaper[], words?: Map<string, string[]>): Html {
  const hottest = all[0]?.heat || 1;
  return html`<ol class="list">${papers
    .slice(0, PAPERS)
    .map((paper) =>
      paperItem({ ...paper, warmth: paper.heat / hottest, words: words?.get(paper.id) ?? [] }),
    )}</ol>
${papers.length > PAPERS ? html`<p class="hint">These are the ${PAPERS} hottest of ${papers.length}.</p>` : ''}`;
}

import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { inert } from '../../digests/plain.ts';
import { type Edition, type EditionPaper, ranksBefore } from '../../editions/edition.ts';
import { type Late, lateEdition } from '../../editions/late.ts';
import { previewMatches } from '../../editions/matching.ts';
import { editionAt, type Place, placeOf } from '../../editions/place.ts';
import { editionRange } from '../../editions/span.ts';
import { type Day, parseDay } from '../../lib/day.ts';
import { foundWords } from '../../topics/found-words.ts';
import { type ParsedTopic, parseTopic } from '../../topics/topic.ts';
import type { Filled } from '../form.ts';
import { refuse } from '../input.ts';
import type { Keep } from '../kept.ts';
import { type Html, layout } from '../layout.ts';
import { signUpForm } from '../sign-up/sign-up.ts';
import { type Neighbours, pageAsked, pageTabs, spanTabs } from './navigation.ts';
import { count, paperItem, type Shown, spoken } from './paper.ts';

/** GET /: the latest edition, or that of `?date=`, or of either what is on `?topic=`, with the sign-up form. */
export function todayRoutes(app: App, keep: Keep): Hono {
  return new Hono().get('/', async (context) => {
    const asks = context.req.query();
    const { date: asked, topic = '' } = asks;
    const date = asked === undefined ? undefined : parseDay(asked);
    if (date === null) return refuse(context, 400, 'This is not a day', 'Write it as in ?date=2026-05-07.');
    const place = await placeOf(app.db, date);
    if (place === null && date !== undefined)
      return refuse(context, 404, 'There is no edition of this day', await why(app, date));
    const late = date === undefined ? await lateEdition(app, place?.date) : null;
    if (place === null) return context.html(first(late));
    return keep(context, {
      madeOf: ['day', place, late, topic, asks.page],
      make: async () => pageOf(app, place, { late, topic, asked: asks.page }),
    });
  });
}

type Asked = { late: Late | null; topic: string; asked: string | undefined };

async function pageOf(app: App, place: Place, { late, topic, asked }: Asked): Promise<Html> {
  const edition = await editionAt(app.db, place);
  const filter = await filtered(app, edition, topic);
  const pages = Math.ceil(filter.papers.length / PAPERS);
  const page = pageAsked(asked, Math.max(1, pages));
  const shown = await shownOf(app, edition, filter, page);
  const near = { before: place.before?.date ?? null, after: place.after };
  return view({ edition, topic, late, filter, near, shown, page, pages });
}

async function why({ db }: App, date: Day): Promise<string> {
  const range = await editionRange(db);
  if (!range) return 'No edition is published yet.';
  if (date > range.last) return `The latest is that of ${spoken(range.last)}.`;
  if (date < range.first) return `The first is that of ${spoken(range.first)}.`;
  return 'Its sources could not be read, or it was withdrawn.';
}

/** How many papers of an edition, hottest first, one page shows. */
const PAPERS = 50;

type Filter = {
  papers: EditionPaper[];
  /** What was asked for, when it is a topic. */
  topic?: ParsedTopic;
  problem?: string;
};

/** The edition's papers that are on a topic, hottest first; all of them without one. */
async function filtered(app: App, { date, papers }: Edition, topic: string): Promise<Filter> {
  if (topic.trim() === '') return { papers };
  const parsed = parseTopic(topic);
  if (!parsed.ok) return { papers, problem: parsed.problem };
  const { matches } = await previewMatches(app, date, [parsed.topic]);
  const found = new Set([...matches.values()].flat().map(({ paperId }) => paperId));
  return { papers: papers.filter(({ id }) => found.has(id)), topic: parsed.topic };
}

/** The papers of one page as a list shows them. */
async function shownOf(
  app: App,
  edition: Edition,
  { papers, topic }: Filter,
  page: number,
): Promise<Shown[]> {
  const hottest = edition.papers[0]?.heat || 1;
  const some = papers.slice((page - 1) * PAPERS, page * PAPERS);
  const words =
    topic &&
    (await foundWords(
      app,
      topic,
      some.map(({ id }) => id),
    ));
  const ranks = await ranksBefore(app.db, edition.date);
  return some.map((paper) => ({
    ...paper,
    warmth: paper.heat / hottest,
    words: words?.get(paper.id) ?? [],
    ...(ranks.size > 0 ? { rankBefore: ranks.get(paper.id) ?? null } : {}),
  }));
}

type View = {
  edition: Edition;
  topic: string;
  late: Late | null;
  filter: Filter;
  near: Neighbours;
  shown: Shown[];
  page: number;
  pages: number;
};

const view = (day: View): Html =>
  front(
    { title: spoken(day.edition.date), topic: day.topic },
    html`${heading(day)}
<p class="banner"><a href="#sign-up">Get them by mail</a>, once a day, on your topics</p>
<div class="papers">${list(day)}</div>`,
    day.filter.topic ? { topics: day.topic } : {},
  );

const first = (late: Late | null): Html =>
  front(
    { title: 'Paperboy', topic: '' },
    html`<h1>The first edition is on its way</h1>
<p>No papers have come in yet. Sign up now, and the first digest finds you.</p>
${late?.unread ? html`<p class="note">${lateness(late)}</p>` : ''}`,
  );

/** The papers, and beside them the form; below them where there is no room beside. */
const front = ({ title, topic }: { title: string; topic: string }, papers: Html, wishes: Filled = {}): Html =>
  layout(
    { title, index: topic === '', here: '/', feed: topic ? `?topics=${encodeURIComponent(topic)}` : '' },
    html`<div class="front">
<div>${papers}</div>
<aside aria-labelledby="by-mail">
<h2 id="by-mail">Get them by mail</h2>
<p>Once a day, at your hour: the trending papers on your topics, and why each is there.</p>
${signUpForm(wishes)}
</aside>
</div>`,
  );

const heading = ({ edition, topic, late, filter: { problem }, near }: View) => html`<header>
<h1><time datetime="${edition.date}">${spoken(edition.date)}</time></h1>
<p class="date">${count(edition.papers.length, 'trending paper')}, the hottest first</p>
${spanTabs(edition.date, 'day', near)}
${late ? html`<p class="note">${lateness(late)} This is the latest.</p>` : ''}
${edition.notes.map((note) => html`<p class="note">${inert(note)}</p>`)}
${isQuiet(edition) ? html`<p class="note">Nothing new was listed on this day, as on weekends and holidays; these are the papers of the days before.</p>` : ''}
<form class="filter" role="search" action="/">
<input type="hidden" name="date" value="${edition.date}">
<label for="topic">On a topic</label>
<input id="topic" name="topic" type="search" value="${topic}" placeholder="world models -survey" maxlength="200" ${problem ? html`aria-invalid="true" aria-describedby="topic-problem"` : ''}>
<button class="quiet" type="submit">Show</button>
</form>
${problem ? html`<p class="problem" id="topic-problem" role="alert">${inert(problem)} These are all papers.</p>` : ''}
</header>`;

const lateness = ({ due, unread }: Late): string =>
  unread
    ? `The edition of ${spoken(due)} has to wait: its sources cannot be read at the moment.`
    : `The edition of ${spoken(due)} is not made yet.`;

const isQuiet = ({ date, papers }: Edition): boolean =>
  papers.length > 0 && papers.every(({ listedOn }) => listedOn !== date);

function list({ edition: { date, papers: all }, topic, filter, shown, page, pages }: View): Html {
  if (all.length === 0) return html`<p class="hint">There is nothing to show.</p>`;
  const elsewhere = html`<a href="/search?q=${encodeURIComponent(topic)}">Search all days</a>`;
  const back = html`<a href="/?date=${date}">see all of this day</a>`;
  if (shown.length === 0)
    return html`<p class="note">Nothing in this edition is on “${inert(topic)}”. ${elsewhere}, or ${back}.</p>`;
  const to = (number: number) =>
    `/?${new URLSearchParams({ date, ...(topic ? { topic } : {}), page: String(number) })}`;
  return html`${filter.topic ? html`<p class="date">${count(filter.papers.length, 'paper')} on “${inert(topic)}”. ${elsewhere}, or ${back}.</p>` : ''}
<ol class="list">${shown.map(paperItem)}</ol>
${pageTabs(page, pages, to)}`;
}

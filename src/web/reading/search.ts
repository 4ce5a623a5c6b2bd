import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { inert } from '../../digests/plain.ts';
import { paperNamed } from '../../papers/paper.ts';
import { type StoredPaper, storedPaper } from '../../papers/stored.ts';
import { foundWords } from '../../topics/found-words.ts';
import { type Found, searchPapers } from '../../topics/search.ts';
import { parseTopic } from '../../topics/topic.ts';
import { type Html, layout } from '../layout.ts';
import { pageAsked, pageTabs } from './navigation.ts';
import { count, paperItem } from './paper.ts';

const PAGE = 20;
/** Nobody reads on for longer, and each further page costs as much as the first. */
const MOST_PAGES = 50;

/** GET /search?q=: all stored papers on a topic, page by page. */
export function searchRoutes(app: App): Hono {
  return new Hono().get('/search', async (context) => {
    const { q = '', page: asked } = context.req.query();
    const page = pageAsked(asked, MOST_PAGES);
    if (q.trim() === '') return context.html(view({ q: '', page }));
    const named = await storedPaperNamed(app, q);
    if (named) return context.html(view({ q, page, named }));
    const parsed = parseTopic(q);
    if (!parsed.ok) return context.html(view({ q, page, problem: parsed.problem }), 400);
    const found = await searchPapers(app, parsed.topic, { limit: PAGE, offset: (page - 1) * PAGE });
    const words = await foundWords(
      app,
      parsed.topic,
      found.hits.map(({ id }) => id),
    );
    return context.html(view({ q, page, found, words, topic: parsed.topic.written }));
  });
}

/** The paper whose id or address is all that was asked for. */
async function storedPaperNamed({ db }: App, q: string): Promise<StoredPaper | null> {
  const id = paperNamed(q);
  return id === null ? null : storedPaper(db, id);
}

type View = {
  q: string;
  page: number;
  named?: StoredPaper;
  found?: Found;
  /** By paper. */
  words?: Map<string, string[]>;
  topic?: string;
  problem?: string;
};

const view = ({ q, page, named, found, words = new Map(), topic, problem }: View): Html =>
  layout(
    {
      title: q ? `${inert(q)} – search` : 'Search',
      here: '/search',
      feed: topic ? `?topics=${encodeURIComponent(topic)}` : '',
    },
    html`<header class="narrow"><h1>Search</h1>
<form class="filter" role="search" action="/search">
<label for="q">Words, <code>"a phrase"</code>, <code>OR</code>, <code>-not this</code>, <code>cat:cs.CL</code>, <code>author:"Kaiming He"</code></label>
<input id="q" name="q" type="search" value="${q}" maxlength="200" required ${problem ? html`aria-invalid="true" aria-describedby="q-problem"` : ''}>
<button type="submit">Search</button>
</form>
${problem ? html`<p class="problem" id="q-problem" role="alert">${inert(problem)}</p>` : ''}
</header>
${q === '' ? examples : ''}
${named ? html`<div class="papers"><ol class="list">${paperItem(named)}</ol></div>` : ''}
${found && topic ? results({ q, topic, page, words }, found) : ''}`,
  );

const examples = html`<div class="papers"><p class="hint">Such as ${['world models', '"speculative decoding" -survey', 'LLM agents OR "tool use"', 'cat:cs.RO diffusion'].map((example, n) => html`${n > 0 ? ', ' : ''}<a href="/search?q=${encodeURIComponent(example)}">${example}</a>`)}; or a paper’s arXiv number.
<a href="/about#topics">How to write a topic</a></p></div>`;

type Asked = { q: string; topic: string; page: number; words: Map<string, string[]> };

function results({ q, topic, page, words }: Asked, { hits, total, capped }: Found): Html {
  const daily = html`<a class="button quiet" href="/?topic=${encodeURIComponent(topic)}#sign-up">Get this every day</a>`;
  if (total === 0)
    return html`<p class="note">No stored paper is on “${inert(q)}”. Fewer words, or another word for the same, may find some. You can ${daily} all the same.</p>`;
  const pages = Math.min(MOST_PAGES, Math.ceil(total / PAGE));
  const to = (number: number) => `/search?q=${encodeURIComponent(q)}&page=${number}`;
  return html`<div class="found"><p class="date" role="status">${capped ? html`${count(total, 'paper')} among the newest; one more word reaches the older ones` : html`${count(total, 'paper')}, the best matches first`}</p>${daily}</div>
<div class="papers"><ol class="list">${hits.map((hit) => paperItem({ ...hit, words: words.get(hit.id) ?? [] }))}</ol>
${hits.length === 0 ? html`<p class="note">There is nothing on this page. <a href="${to(1)}">Back to the first</a></p>` : ''}
${pageTabs(page, pages, to)}</div>`;
}

import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { explainTo } from '../../delivery/explain.ts';
import { inert, legible } from '../../digests/plain.ts';
import type { ExampleKind } from '../../generated/enums.ts';
import { paperId, paperNamed } from '../../papers/paper.ts';
import { addExample, dropExample, type Example, examplesOf } from '../../subscribers/examples.ts';
import { urlOf } from '../../subscribers/links.ts';
import { loadPreferences } from '../../subscribers/preferences.ts';
import { answer, refuse } from '../input.ts';
import { type Html, layout, notice } from '../layout.ts';
import { withLink } from './link.ts';

/**
 * The links under each paper of a digest: more like this, less like this. GET /taste/TOKEN/PAPER, with or without the
 * wish behind it, shows the paper and the buttons, since mail scanners follow every link; POST …/more, …/less and …/undo
 * act. GET /taste/TOKEN shows all that the reader asked for so; GET /taste/TOKEN/why?paper=… why a paper came or did not.
 */
export function tasteRoutes(app: App): Hono {
  const route = (handle: (context: Context, id: string) => Promise<Response>) =>
    withLink(app, 'taste', async (context, id) => {
      const subscription = await loadPreferences(app.db, id);
      const stays = subscription?.status === 'active' || subscription?.status === 'paused';
      return stays ? handle(context, id) : gone(context);
    });
  const ask = (kind: ExampleKind) =>
    route(async (context, id) => {
      const { status } = await addExample(app, id, paperOf(context), kind);
      return status === 'kept' ? show(app, context, id, { said: SAID[kind] }) : unknown(context);
    });
  return new Hono()
    .get(
      '/taste/:token',
      route((context, id) => list(app, context, id)),
    )
    .get(
      '/taste/:token/why',
      route((context, id) => why(app, context, id)),
    )
    .get(
      '/taste/:token/:paper{.+}',
      route((context, id) => show(app, context, id)),
    )
    .post('/taste/:token/:paper{.+}/more', ask('more'))
    .post('/taste/:token/:paper{.+}/less', ask('less'))
    .post(
      '/taste/:token/:paper{.+}/undo',
      route(async (context, id) => {
        await dropExample(app, id, paperOf(context));
        return list(app, context, id, 'Undone.');
      }),
    );
}

/** Empty when the path names none. */
const paperOf = ({ req }: Context): string =>
  paperId((req.param('paper') ?? '').replace(/\/(more|less|undo)$/, '')) ?? '';

const SAID: Record<ExampleKind, string> = {
  more: 'Noted: papers like this come first from your next digest on.',
  less: 'Noted: papers like this come last from your next digest on.',
};

/** What the reader has asked for, for a page of theirs: each example with a button that takes it back. */
export async function tasteSection(app: App, subscriberId: string): Promise<Html> {
  const examples = await examplesOf(app.db, subscriberId);
  const path = new URL(urlOf(app, 'taste', subscriberId)).pathname;
  return html`${examples.length > 0 ? examplesSection(examples, path) : ''}
<section class="card" aria-labelledby="why">
<h2 id="why">Why did a paper come, or not?</h2>
${whyForm(path)}
</section>`;
}

function examplesSection(examples: Example[], path: string): Html {
  const asked = (kind: ExampleKind) => examples.filter((example) => example.kind === kind);
  return html`<section class="taste" aria-labelledby="taste">
<h2 id="taste">What you asked more or less of</h2>
${exampleList('More like', asked('more'), path)}
${exampleList('Less like', asked('less'), path)}
</section>`;
}

const whyForm = (path: string, paper = '') => html`<form class="inline" method="get" action="${path}/why">
<label for="paper">Its arXiv id or address</label>
<input id="paper" name="paper" type="text" required maxlength="200" autocapitalize="none" spellcheck="false" placeholder="2605.01234" value="${inert(paper)}">
<button class="quiet" type="submit">Tell me</button>
</form>`;

function exampleList(label: string, examples: Example[], path: string): Html {
  if (examples.length === 0) return html``;
  return html`<h3>${label}</h3>
<ul class="examples">${examples.map(
    ({ paperId, title }) => html`<li>
<a href="https://arxiv.org/abs/${paperId}">${legible(title, TITLE)}</a>
<form method="post" action="${path}/${paperId}/undo"><button class="quiet" type="submit" aria-label="Undo: ${label.toLowerCase()} ${legible(title, TITLE)}">Undo</button></form>
</li>`,
  )}</ul>`;
}

async function list(app: App, context: Context, id: string, said?: string): Promise<Response> {
  const section = await tasteSection(app, id);
  const examples = await examplesOf(app.db, id);
  return answer(context, 200, {
    json: { examples },
    page: layout(
      { title: 'More and less' },
      html`<article class="narrow">
<h1>More and less</h1>
${said ? html`<p class="said" role="status">${said}</p>` : ''}
${examples.length > 0 ? '' : html`<p>Under each paper of a digest are two links, “more like this” and “less like this”. What you ask for so is listed here.</p>`}
${section}
<p><a href="${urlOf(app, 'preferences', id)}">All preferences</a></p>
</article>`,
    ),
  });
}

async function why(app: App, context: Context, id: string): Promise<Response> {
  const named = (context.req.query('paper') ?? '').slice(0, 200);
  const { found, lines } = await explainTo(app, id, named);
  const path = new URL(urlOf(app, 'taste', id)).pathname;
  const paper = paperNamed(named);
  return answer(context, found ? 200 : 404, {
    json: { found, lines },
    page: layout(
      { title: 'Why a paper came, or not' },
      html`<article class="narrow">
<h1>Why it came, or not</h1>
<ul class="why">${lines.map((line) => html`<li>${inert(line)}</li>`)}</ul>
${found && paper !== null ? html`<p><a href="${path}/${paper}">More or less like this</a></p>` : ''}
<section class="card">${whyForm(path, named)}</section>
<p><a href="${urlOf(app, 'preferences', id)}">All preferences</a></p>
</article>`,
    ),
  });
}

async function show(
  app: App,
  context: Context,
  id: string,
  { said }: { said?: string } = {},
): Promise<Response> {
  const paper = await app.db.paper.findUnique({ where: { id: paperOf(context) } });
  if (!paper) return unknown(context);
  const example = (await examplesOf(app.db, id)).find((one) => one.paperId === paper.id);
  const path = `${new URL(urlOf(app, 'taste', id)).pathname}/${paper.id}`;
  return answer(context, 200, {
    json: { paper: paper.id, title: paper.title, asked: example?.kind ?? null },
    page: layout(
      { title: 'More or less like this' },
      html`<article class="notice">
<h1>${legible(paper.title, TITLE)}</h1>
<p class="authors">${inert(paper.authors.slice(0, 3).join(', '))}${paper.authors.length > 3 ? ' et al.' : ''}</p>
<p>${legible(paper.tldr ?? paper.abstract, SUMMARY)}</p>
${said ? html`<p class="said" role="status">${said}</p>` : ''}
${!said && example ? html`<p class="hint">You asked for ${example.kind} like this.</p>` : ''}
<div class="inline">
${example?.kind === 'more' ? '' : button(`${path}/more`, 'More like this')}
${example?.kind === 'less' ? '' : button(`${path}/less`, 'Less like this')}
${example ? button(`${path}/undo`, 'Undo') : ''}
</div>
<p class="hint">It changes the order within your topics, and which papers find room; no paper comes that is on none of them, and none is barred. To bar a word, write it with a minus behind the topic, as in <code>agents -survey</code>.</p>
<p><a href="${urlOf(app, 'taste', id)}">All that you asked more or less of</a></p>
</article>`,
    ),
  });
}

/** In UTF-16 units. */
const TITLE = 300;
const SUMMARY = 400;

const button = (action: string, label: string) =>
  html`<form method="post" action="${action}"><button class="quiet" type="submit">${label}</button></form>`;

const unknown = (context: Context) =>
  refuse(context, 404, 'There is no such paper', 'The link may be broken over two lines: copy all of it.');

const gone = (context: Context) =>
  answer(context, 410, {
    json: { status: 'gone' },
    page: notice(
      'You are not subscribed',
      html`There is nothing to change here. <a href="/#sign-up">Sign up again?</a>`,
    ),
  });

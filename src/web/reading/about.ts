import { Hono } from 'hono';
import { html } from 'hono/html';
import { layout } from '../layout.ts';

/** GET /about: what Paperboy does, how papers are ranked, and what is kept of a reader. */
export function aboutRoutes(): Hono {
  return new Hono().get('/about', (context) => context.html(page));
}

const page = layout(
  {
    title: 'About',
    index: true,
  },
  html`<article class="narrow prose">
<h1>About Paperboy</h1>
<p>Paperboy reads the day’s research papers, measures which of them people are excited about, and sends you those on
your topics: one mail a day, at your hour, with the reason beside each paper.</p>
<h2>Where the papers come from</h2>
<p>From <a href="https://huggingface.co/papers">Hugging Face’s daily papers</a>, with their votes, comments and the stars
of their code, and from <a href="https://arxiv.org">arXiv’s</a> announcements. What is known of a paper is theirs and its
authors’.</p>
<h2 id="heat">What heat is</h2>
<p>A paper is hot while it gains votes, comments and stars; it cools with its age. What it gained within the last day
counts most, what it has in all counts a little. Beside each paper stands its heat in percent of the hottest paper of that day’s
edition, and how far it rose or fell since the edition before.</p>
<h2 id="editions">What an edition is</h2>
<p>The list of one day, with heat as it stood when the day was over, hottest first. It draws on the papers listed within
the last days, so a paper that takes off late still finds its place, and a weekend has an edition too.</p>
<h2 id="topics">How to write a topic</h2>
<dl class="language">
<dt><code>speculative decoding</code></dt><dd>papers about these words, in any form: <em>decoder</em> is found too</dd>
<dt><code>LLM agents</code></dt><dd>also where it is spelt out: <em>large language model agents</em></dd>
<dt><code>"world model"</code></dt><dd>the phrase, word for word</dd>
<dt><code>diffusion OR "flow matching"</code></dt><dd>either; a <code>|</code> says the same</dd>
<dt><code>agents -survey</code></dt><dd>without</dd>
<dt><code>cat:cs.CL</code>, <code>cat:cs</code></dt><dd>an arXiv category, or all of an archive</dd>
<dt><code>author:"Kaiming He"</code></dt><dd>an author, with or without accents; <code>author:"He, Kaiming"</code> says the same</dd>
</dl>
<p>The same language serves <a href="/search">search</a>, topics by mail, <a href="/feed.atom">feeds</a> and the <a href="/api">API</a>.</p>
<h2 id="privacy">What is kept of you</h2>
<p>Your address, your topics and your hours, until you leave. No page sets a cookie, no mail bears a tracking pixel, and nothing you see here
is fetched from anybody else: pictures come from this site too. One click in any digest ends it.</p>
</article>`,
);

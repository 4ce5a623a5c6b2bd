import { html } from 'hono/html';
import { type AssetName, assetUrl } from './assets.ts';

/** Markup made by the html tag, in which every value is escaped. */
export type Html = ReturnType<typeof html>;

export type Frame = {
  title: string;
  /** Whether search engines may list the page. */
  index?: boolean;
  /** The entry of the navigation that the page belongs to. */
  here?: (typeof PLACES)[number][0];
  /** Which feed has the page's papers, as the query of its address; '': that of all. Undefined: none. */
  feed?: string;
  /** A stylesheet that the page needs besides that of all. */
  style?: AssetName;
};

/** A whole page: the frame that all pages share, around its own part. */
export function layout({ title, index = false, here, feed, style }: Frame, main: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${index ? '' : html`<meta name="robots" content="noindex">`}
<title>${title === NAME ? NAME : `${title} · ${NAME}`}</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('style.css')}">
${style ? html`<link rel="stylesheet" href="${assetUrl(style)}">` : ''}
${
  feed === undefined
    ? ''
    : html`<link rel="alternate" type="application/atom+xml" title="${NAME}" href="/feed.atom${feed}">
<link rel="alternate" type="application/feed+json" title="${NAME}" href="/feed.json${feed}">`
}
<script src="${assetUrl('site.js')}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="site"><a class="name" href="/">${NAME}</a>
<nav aria-label="Site"><ul>${PLACES.map(([href, name]) => html`<li><a href="${href}" ${href === here ? html`aria-current="page"` : ''}>${name}</a></li>`)}</ul></nav></header>
<main id="main" tabindex="-1">
${main}
</main>
<footer class="site"><p>The day’s trending research papers on your topics, in your inbox, once a day.</p>
<p><a href="/about">About</a> · <a href="/lost-link">Change or end my subscription</a> · <a href="/feed.atom${feed ?? ''}">Feed</a> · <a href="/api">API</a></p></footer>
</body>
</html>`;
}

const PLACES = [
  ['/', 'Today'],
  ['/search', 'Search'],
  ['/archive', 'Archive'],
] as const;

const NAME = 'Paperboy';

/** A page that says one thing. */
export function notice(title: string, ...paragraphs: (string | Html)[]): Html {
  return layout(
    { title },
    html`<article class="notice"><h1>${title}</h1>${paragraphs.map((text) => html`<p>${text}</p>`)}</article>`,
  );
}

/** The link, if it is one that a browser may follow to another site, else null. */
export function webLink(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

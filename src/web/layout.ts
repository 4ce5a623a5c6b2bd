import { html } from 'hono/html';
import { assetUrl } from './assets.ts';

/** Markup made by the html tag, in which every value is escaped. */
export type Html = ReturnType<typeof html>;

/** A whole page: the frame that all pages share, around its own part. */
export function layout({ title, index = false }: { title: string; index?: boolean }, main: Html): Html {
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
<script src="${assetUrl('zone.js')}" defer></script>
</head>
<body>
<header class="site"><a href="/">${NAME}</a></header>
<main>
${main}
</main>
<footer class="site">The day’s trending research papers on your topics, in your inbox, once a day.</footer>
</body>
</html>`;
}

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

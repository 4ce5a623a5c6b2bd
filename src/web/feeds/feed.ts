import { html, raw } from 'hono/html';
import type { Html } from '../layout.ts';

/** A feed, before it is Atom or JSON. Every text is one line without control characters (plain.ts). */
export type Feed = {
  /** For good: a tag URI (RFC 4151). */
  id: string;
  title: string;
  /** The page that shows the same. */
  home: string;
  /** The feed's own address, by format. */
  self: Record<Format, string>;
  updated: Date;
  entries: Entry[];
};

export type Entry = {
  id: string;
  url: string;
  title: string;
  updated: Date;
  authors: string[];
  summary: string;
  content: Html;
};

export type Format = 'atom' | 'json';

export const MEDIA_TYPES: Record<Format, string> = {
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8',
};

/** RFC 4287. The html tag escapes what XML wants escaped; two characters it may not bear at all. */
export async function atom(feed: Feed): Promise<string> {
  const entries = await Promise.all(
    feed.entries.map(
      async ({ id, url, title, updated, authors, summary, content }) => html`<entry>
<id>${id}</id>
<title>${title}</title>
<link rel="alternate" type="text/html" href="${url}"/>
<updated>${updated.toISOString()}</updated>
${authors.map((name) => html`<author><name>${name}</name></author>`)}
<summary>${summary}</summary>
<content type="html">${String(await content)}</content>
</entry>
`,
    ),
  );
  const document = String(
    await html`${raw('<?xml version="1.0" encoding="utf-8"?>')}
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${feed.id}</id>
<title>${feed.title}</title>
<link rel="self" type="application/atom+xml" href="${feed.self.atom}"/>
<link rel="alternate" type="text/html" href="${feed.home}"/>
<updated>${feed.updated.toISOString()}</updated>
<author><name>Paperboy</name></author>
<generator>Paperboy</generator>
${entries}</feed>
`,
  );
  return document.replace(/[\uFFFE\uFFFF]/g, '');
}

/** JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/ */
export async function jsonFeed(feed: Feed): Promise<string> {
  const items = feed.entries.map(async ({ id, url, title, updated, authors, summary, content }) => ({
    id,
    url,
    title,
    summary,
    content_html: String(await content),
    date_published: updated.toISOString(),
    ...(authors.length > 0 ? { authors: authors.map((name) => ({ name })) } : {}),
  }));
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.home,
    feed_url: feed.self.json,
    language: 'en',
    items: await Promise.all(items),
  });
}

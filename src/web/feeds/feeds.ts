import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { App } from '../../app.ts';
import { recentDeliveries, restoreDigests } from '../../delivery/watch/recent.ts';
import type { Edition } from '../../editions/edition.ts';
import { previewMatches } from '../../editions/matching.ts';
import { editionFromShelf } from '../../editions/shelf.ts';
import { dayOf } from '../../lib/day.ts';
import { readLink, signLink } from '../../subscribers/links.ts';
import type { ParsedTopic } from '../../topics/topic.ts';
import { refuse } from '../input.ts';
import { readTopics } from '../sign-up/topics.ts';
import { atom, type Feed, type Format, jsonFeed, MEDIA_TYPES } from './feed.ts';
import { digestEntry, paperEntry, tagOf } from './feed-entries.ts';

/** Entries of a feed: what a reader looks through, and well under 300 KB. */
const PAPERS = 50;
const DIGESTS = 14;

/**
 * GET /feed.atom and /feed.json: the papers of the latest edition, which are those of its whole window, hottest first; with
 * `?topics=a;b` those on the topics. GET /feed/TOKEN.atom and .json: the digests that a reader was sent. Each changes only
 * with what it is made of, and asking again with its ETag or date costs one query.
 */
export function feedRoutes(app: App): Hono {
  return new Hono()
    .get('/feed.atom', (context) => papersFeed(app, context, 'atom'))
    .get('/feed.json', (context) => papersFeed(app, context, 'json'))
    .get('/feed/:name', async (context) => {
      const [, token = '', format] = /^(.*)\.(atom|json)$/.exec(context.req.param('name')) ?? [];
      const id = readLink(app.secrets, 'feed', token);
      if (id !== null) return digestsFeed(app, context, format as Format, id);
      return refuse(context, 404, 'This feed’s address is not complete', 'Copy it again, all of it.');
    });
}

async function papersFeed(app: App, context: Context, format: Format): Promise<Response> {
  const { topics: text = '' } = context.req.query();
  const read = readTopics(text);
  if (!read.ok) return refuse(context, 400, 'This is no topic', read.problem);
  const { topics } = read;
  const queries = topics.map(({ query }) => query);
  const published = await app.db.edition.findFirst({
    orderBy: { date: 'desc' },
    select: { date: true, publishedAt: true },
  });
  const updated = published?.publishedAt ?? NEVER;
  return unlessKnown(context, { version: [updated, queries, format], updated }, async () => {
    const edition = published && (await editionFromShelf(app, dayOf(published.date)));
    const papers = edition ? await onTopics(app, edition, topics) : [];
    const { baseUrl } = app.config;
    const search = topics.length > 0 ? `?topics=${encodeURIComponent(queries.join(';'))}` : '';
    const written = topics.map((topic) => topic.written);
    const home = topics.length === 1 ? `/?topic=${encodeURIComponent(written[0] ?? '')}` : '/';
    return send(context, format, {
      id: tagOf(baseUrl, `feed${queries.map((query) => `:${encodeURIComponent(query)}`).join('')}`),
      title: topics.length > 0 ? `Paperboy: ${written.join('; ')}` : 'Paperboy: trending papers',
      home: `${baseUrl}${home}`,
      self: { atom: `${baseUrl}/feed.atom${search}`, json: `${baseUrl}/feed.json${search}` },
      updated,
      entries: papers.slice(0, PAPERS).map((paper) => paperEntry(baseUrl, paper)),
    });
  });
}

async function onTopics(app: App, { date, papers }: Edition, topics: ParsedTopic[]) {
  if (topics.length === 0) return papers;
  const { matches, excluded } = await previewMatches(app, date, topics);
  const found = new Set([...matches.values()].flat().map(({ paperId }) => paperId));
  return papers.filter(({ id }) => found.has(id) && !excluded.has(id));
}

async function digestsFeed(app: App, context: Context, format: Format, id: string): Promise<Response> {
  const deliveries = await recentDeliveries(app, id, DIGESTS);
  if (!deliveries) return refuse(context, 410, 'This feed is gone', 'Its subscription was deleted.');
  const updated = deliveries[0]?.sentAt ?? NEVER;
  // One reader's, but their program may keep it and ask whether it changed.
  context.header('Cache-Control', 'private, no-cache');
  return unlessKnown(context, { version: [deliveries, format], updated }, async () => {
    const own = `${app.config.baseUrl}/feed/${signLink(app.secrets, 'feed', id)}`;
    return send(context, format, {
      id: `urn:uuid:${id}`,
      title: 'Paperboy: my digests',
      home: app.config.baseUrl,
      self: { atom: `${own}.atom`, json: `${own}.json` },
      updated,
      entries: (await restoreDigests(app, deliveries)).map((sent) => digestEntry(app, sent)),
    });
  });
}

/** Of a feed in which nothing has been yet. */
const NEVER = new Date(0);

/** 304 where the client says that it has this version (RFC 9110, 13.2.2: its ETag counts before its date). */
async function unlessKnown(
  context: Context,
  { version, updated }: { version: unknown; updated: Date },
  make: () => Promise<Response>,
): Promise<Response> {
  const tag = createHash('sha256').update(JSON.stringify(version)).digest('base64url').slice(0, 20);
  context.header('ETag', `"${tag}"`);
  context.header('Last-Modified', updated.toUTCString());
  const tags = context.req.header('if-none-match');
  const since = Date.parse(context.req.header('if-modified-since') ?? '');
  const known = tags ? tags.includes(`"${tag}"`) : since >= Math.floor(updated.getTime() / 1000) * 1000;
  return known ? context.body(null, 304) : make();
}

async function send(context: Context, format: Format, feed: Feed): Promise<Response> {
  const body = await (format === 'atom' ? atom(feed) : jsonFeed(feed));
  return context.body(body, 200, { 'Content-Type': MEDIA_TYPES[format] });
}

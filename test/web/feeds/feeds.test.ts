import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deliver } from '../../../src/delivery/deliver.ts';
import { compose } from '../../../src/digests/compose.ts';
import { publish } from '../../../src/editions/publish.ts';
import { signLink } from '../../../src/subscribers/links.ts';
import { erase } from '../../../src/subscribers/suppression.ts';
import { createWeb } from '../../../src/web/server.ts';
import { appWithMailbox } from '../../support/app.ts';
import { addEdition, addPapers } from '../../support/papers.ts';
import { confirmedReader } from '../../support/readers.ts';

const { app, mailbox } = await appWithMailbox({ env: { SOURCES: 'huggingface' } });
const web = createWeb(app);
await addEdition(app, [
  {
    id: '2605.00001',
    title: 'Optics <script>alert(1)</script> & "lenses" \uffff\u202e]]>',
    abstract: 'A & B < C. $\\alpha$ ]]> <b>bold</b>',
    authors: ['Kurt Gödel', 'A & B'],
    votes: 9,
    repository: 'javascript:alert(1)',
  },
  { id: '2605.00002', title: 'Knots', votes: 3 },
]);

const list = <Schema extends z.ZodType>(one: Schema) =>
  z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(one));
const instant = z.iso.datetime();
const link = z.object({ rel: z.string(), href: z.url() });
const person = z.object({ name: z.string().min(1) });
/** What RFC 4287, 4.1, asks of a feed and its entries. */
const atomSchema = z.object({
  feed: z.object({
    xmlns: z.literal('http://www.w3.org/2005/Atom'),
    id: z.url(),
    title: z.string().min(1),
    updated: instant,
    author: person,
    link: list(link),
    entry: list(
      z.object({
        id: z.url(),
        title: z.string().min(1),
        updated: instant,
        author: list(person),
        link,
        summary: z.string(),
        content: z.object({ type: z.literal('html'), text: z.string() }),
      }),
    ),
  }),
});
const jsonSchema = z.object({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: z.string().min(1),
  home_page_url: z.url(),
  feed_url: z.url(),
  items: z.array(
    z.object({
      id: z.url(),
      url: z.url(),
      title: z.string(),
      content_html: z.string(),
      date_published: instant,
    }),
  ),
});

const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: 'text',
  parseTagValue: false,
});

async function atom(path: string) {
  const response = await web.request(path);
  expect([path, response.status]).toEqual([path, 200]);
  expect(response.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  const body = await response.text();
  expect(XMLValidator.validate(body)).toBe(true);
  expect(body).not.toMatch(/[\uFFFE\uFFFF]|(?![\n])\p{Cc}/u);
  const { feed } = atomSchema.parse(xml.parse(body));
  expect(new Set(feed.entry.map(({ id }) => id)).size).toBe(feed.entry.length);
  return feed;
}
const json = async (path: string) => jsonSchema.parse(await (await web.request(path)).json());

describe('the feed of papers', () => {
  test('is Atom and JSON, with what is hostile in a title shown and never done', async () => {
    const feed = await atom('/feed.atom');
    expect(feed.entry.map(({ id }) => id)).toEqual([
      'tag:paperboy.test,2026:paper/2605.00001',
      'tag:paperboy.test,2026:paper/2605.00002',
    ]);
    const [first] = feed.entry;
    expect(first?.title).toBe('Optics <script>alert(1)</script> & "lenses" ]]>');
    expect(first?.author.map(({ name }) => name)).toEqual(['Kurt Gödel', 'A & B']);
    expect(first?.content.text).not.toMatch(/javascript:|<b>|<script/);
    expect(feed.link.find(({ rel }) => rel === 'self')?.href).toBe('https://paperboy.test/feed.atom');
    const other = await json('/feed.json');
    expect(other.items.map(({ id }) => id)).toEqual(feed.entry.map(({ id }) => id));
    expect(other.items[0]?.content_html).not.toMatch(/<script|<b>/);
  });

  test('of topics has the papers on them', async () => {
    expect((await atom('/feed.atom?topics=optics;nothing+at+all')).entry.map(({ id }) => id)).toEqual([
      'tag:paperboy.test,2026:paper/2605.00001',
    ]);
    expect((await json('/feed.json?topics=knots')).items.map(({ title }) => title)).toEqual(['Knots']);
    for (const wrong of ['%22open', Array.from({ length: 21 }, (_, n) => `topic${n}`).join(';')])
      expect((await web.request(`/feed.atom?topics=${wrong}`)).status).toBe(400);
  });

  test('costs nothing to ask again, by its ETag or its date, until there is another edition', async () => {
    const first = await web.request('/feed.atom?topics=optics');
    const ETag = first.headers.get('etag') ?? '';
    const date = first.headers.get('last-modified') ?? '';
    expect(first.headers.get('cache-control')).toContain('public, max-age=300');
    const ask = async (headers: Record<string, string>) =>
      (await web.request('/feed.atom?topics=optics', { headers })).status;
    expect(await ask({ 'If-None-Match': ETag })).toBe(304);
    expect(await ask({ 'If-None-Match': `W/${ETag}` })).toBe(304);
    expect(await ask({ 'If-Modified-Since': date })).toBe(304);
    expect(await ask({ 'If-None-Match': '"other"', 'If-Modified-Since': date })).toBe(200);
    expect((await web.request('/feed.atom?topics=knots')).headers.get('etag')).not.toBe(ETag);
    app.setNow('2026-05-07T10:00:00Z');
    await addPapers(app, [{ id: '2605.00003', title: 'Optics again', listedOn: '2026-05-07' }]);
    await publish(app, { date: '2026-05-07' });
    expect(await ask({ 'If-None-Match': ETag, 'If-Modified-Since': date })).toBe(200);
  });
});

describe('a reader’s own feed', () => {
  test('has the digests that were sent, and nobody else finds it', async () => {
    const id = await confirmedReader(app, { topics: 'optics', sendHour: 10 });
    const path = `/feed/${signLink(app.secrets, 'feed', id)}`;
    expect((await atom(`${path}.atom`)).entry).toEqual([]);

    app.setNow('2026-05-08T10:05:00Z');
    await compose(app);
    const deliveries = await app.db.delivery.findMany();
    await deliver(
      app,
      deliveries.map((delivery) => delivery.id),
    );
    const feed = await atom(`${path}.atom`);
    expect(feed.entry.map((entry) => entry.id)).toEqual([`urn:uuid:${deliveries[0]?.id}`]);
    expect(feed.entry[0]?.content.text).toContain('in the title');
    const [item] = (await json(`${path}.json`)).items;
    expect(item?.title).toBe(mailbox.mails.at(-1)?.parsed.subject);
    expect((await web.request(new URL(item?.url ?? '').pathname)).status).toBe(200);

    const first = await web.request(`${path}.atom`);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    expect((await web.request(`${path}.atom`, { headers })).status).toBe(304);

    for (const wrong of [
      `/feed/${signLink(app.secrets, 'digest', id)}.atom`,
      `${path}.rss`,
      path,
      '/feed/x.atom',
    ])
      expect([wrong, (await web.request(wrong)).status]).toEqual([wrong, 404]);
    await erase(app, 'ada@example.org');
    expect((await web.request(`${path}.atom`)).status).toBe(410);
  });
});

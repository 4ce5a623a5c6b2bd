import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { Day } from '../lib/day.ts';
import { type BadRecord, paperId, type SourceDay, type SourcePaper } from './paper.ts';
import { SourceError } from './request.ts';
import { clean } from './text.ts';

/** One page of an answer: `entries` of `total` papers, the readable ones as papers. */
export type AtomPage = SourceDay & { entries: number; total: number };
/** What is new at the announcement of the day `latest`, which is null when the feed is empty. */
export type RssFeed = SourceDay & { latest: Day | null };

/**
 * Reads an answer of arXiv's query API, whose papers are taken to be listed on `day`.
 * https://info.arxiv.org/help/api/user-manual.html
 *
 * @throws SourceError when it is no Atom feed, or the entry by which arXiv reports an error.
 */
export function readAtom(xml: string, day: Day): AtomPage {
  const { feed } = read(xml, atom, 'an Atom feed');
  const error = feed.entry.find(({ id, title }) => isError(id, title));
  if (error) throw new SourceError(`arXiv reports an error: ${clean(error.summary || error.id, 300)}.`);
  return { entries: feed.entry.length, total: feed.totalResults, ...sort(feed.entry, day) };
}

/**
 * Reads arXiv's RSS feed, whose papers are listed on the day of their `pubDate`, or else on `day`. Replacements are no
 * news and are left out. https://info.arxiv.org/help/rss_specifications.html
 *
 * @throws SourceError when it is no RSS feed.
 */
export function readRss(xml: string, day: Day): RssFeed {
  const { rss } = read(xml, rssDocument, 'an RSS feed');
  const items = rss.channel.item.map((item) => {
    const { kind, abstract } = unfold(item.description);
    return {
      id: item.link || item.guid,
      title: item.title,
      summary: abstract,
      published: '',
      author: item.creator.flatMap(names),
      category: item.category,
      listedOn: announced(item.pubDate) ?? day,
      kind: item.announce_type || kind,
    };
  });
  const news = items.filter(({ kind }) => !kind.startsWith('replace'));
  const days = items.map(({ listedOn }) => listedOn).sort();
  return { latest: days.at(-1) ?? null, ...sort(news, day) };
}

type Entry = {
  id: string;
  title: string;
  summary: string;
  published: string;
  author: string[];
  category: string[];
  listedOn?: Day;
};

const isError = (id: string, title: string) =>
  id.includes('/api/errors') || (title === 'Error' && !id.includes('/abs/'));

function sort(entries: Entry[], day: Day): SourceDay {
  const papers: SourcePaper[] = [];
  const bad: BadRecord[] = [];
  for (const [index, entry] of entries.entries()) {
    const name = clean(entry.id, 100) || `record ${index + 1}`;
    const id = paperId(entry.id.replace(/^.*\/abs\//, '').replace(/^oai:arXiv\.org:/, ''));
    const title = clean(entry.title, 1000);
    if (!id) bad.push({ id: name, problem: 'id: is not an arXiv id' });
    else if (!title) bad.push({ id, problem: 'title: is empty' });
    else papers.push(paperOf(entry, { id, title, day }));
  }
  return { papers, bad };
}

function paperOf(entry: Entry, { id, title, day }: { id: string; title: string; day: Day }): SourcePaper {
  const published = new Date(entry.published);
  return {
    id,
    title,
    abstract: clean(entry.summary, 20_000),
    tldr: null,
    authors: entry.author
      .slice(0, 5000)
      .map((name) => clean(name, 200))
      .filter(Boolean),
    keywords: [],
    // Subject classes of ACM and MSC come as categories too.
    categories: [...new Set(entry.category)]
      .filter((name) => /^[a-z-]+(\.[A-Za-z-]+)?$/.test(name))
      .slice(0, 50),
    publishedAt: Number.isNaN(published.getTime()) ? null : published,
    listedOn: entry.listedOn ?? day,
    source: 'arxiv',
    thumbnail: null,
    repository: null,
    projectPage: null,
    signal: null,
  };
}

/** "arXiv:2605.01234v1 Announce Type: new Abstract: We …" */
function unfold(description: string): { kind: string; abstract: string } {
  const [prefix = '', kind = ''] =
    /^\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:/.exec(description) ?? [];
  return { kind, abstract: description.slice(prefix.length) };
}

/** "A. One, B. Two, Jr., C. Three (Some Institute, Town)" is three names. */
const names = (creator: string) =>
  creator.replace(/\s*\([^()]*\)/g, '').split(/,\s+(?!(?:Jr|Sr|I{2,3}|IV)\b)/);

/** The day that an announcement's midnight in New York begins. */
function announced(pubDate: string): Day | null {
  const instant = Date.parse(pubDate);
  if (Number.isNaN(instant)) return null;
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO('America/New_York')
    .toPlainDate()
    .toString();
}

/** An element's text, whether or not it bears attributes; one that is missing is empty. */
const text = z
  .union([z.string(), z.object({ '#text': z.string() }).transform((element) => element['#text'])])
  .catch('');

/** An element with others in it; one that is empty or bare text has none of them. */
const element = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((given) => (typeof given === 'object' && given !== null ? given : {}), z.object(shape));
const listOf = <T extends z.ZodType>(type: T) => z.array(type).default([]);

const atom = z.object({
  feed: z.object({
    totalResults: text.transform(Number).pipe(z.int().min(0)),
    entry: listOf(
      element({
        id: text,
        title: text,
        summary: text,
        published: text,
        author: listOf(element({ name: text }).transform(({ name }) => name)),
        category: listOf(element({ term: text }).transform(({ term }) => term)),
      }),
    ),
  }),
});

const rssDocument = z.object({
  rss: z.object({
    channel: element({
      item: listOf(
        element({
          link: text,
          guid: text,
          title: text,
          description: text,
          pubDate: text,
          announce_type: text,
          creator: listOf(text),
          category: listOf(text),
        }),
      ),
    }),
  }),
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  // It is this that decodes numeric references, `&#233;`. Entities that a DOCTYPE defines are limited by default.
  htmlEntities: true,
  isArray: (name) => ['entry', 'item', 'author', 'category', 'creator'].includes(name),
});

function read<T extends z.ZodType>(xml: string, schema: T, what: string): z.output<T> {
  const parsed = XMLValidator.validate(xml) === true ? schema.safeParse(parse(xml)) : undefined;
  if (!parsed?.success) throw new SourceError(`arXiv sent something else than ${what}.`);
  return parsed.data;
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return undefined;
  }
}

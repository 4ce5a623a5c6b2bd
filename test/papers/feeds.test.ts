import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAtom, readRss } from '../../src/papers/feeds.ts';
import { SourceError } from '../../src/papers/request.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/arxiv/${name}.xml`, import.meta.url), 'utf8');

test('the query API’s entries are papers, with references decoded once and white space collapsed', () => {
  const { papers, bad, entries, total } = readAtom(fixture('page-1'), '2026-05-06');
  expect({ entries, total, bad }).toEqual({ entries: 2, total: 4, bad: [] });
  expect(papers[0]).toEqual({
    id: '2605.91001',
    title: 'Fewer Words: Summaries of at Most <10> Tokens',
    abstract: 'We cut summaries until $p < 0.05$ of the meaning is left &amp; stop there. Cafés help.',
    tldr: null,
    authors: ['Agnès Lefèvre', 'Sam Okoro'],
    keywords: [],
    categories: ['cs.CL', 'cs.LG'],
    publishedAt: new Date('2026-05-04T19:05:19Z'),
    listedOn: '2026-05-06',
    source: 'arxiv',
    thumbnail: null,
    repository: null,
    projectPage: null,
    signal: null,
  });
});

test('a paper called “Error” is no error, and an old id loses its subject class', () => {
  expect(readAtom(fixture('page-1'), '2026-05-06').papers[1]).toMatchObject({
    id: 'math/0309136',
    title: 'Error',
    authors: ['Only One'],
  });
});

test('an entry without an id is named, and one without authors or abstract is a paper', () => {
  const { papers, bad } = readAtom(fixture('page-2'), '2026-05-06');
  expect(papers).toMatchObject([{ id: '2605.91003', abstract: '', authors: [] }]);
  expect(bad).toEqual([{ id: 'http://arxiv.org/abs/garbage', problem: 'id: is not an arXiv id' }]);
});

test('an error entry is an error with arXiv’s own words', () => {
  expect(() => readAtom(fixture('error'), '2026-05-06')).toThrow(
    'arXiv reports an error: start must be an integer.',
  );
});

test('the RSS feed’s new and cross-listed papers are news, replacements are not', () => {
  const { papers, bad, latest } = readRss(fixture('rss-2026-05-07'), '2026-05-08');
  expect(latest).toBe('2026-05-07');
  expect(papers).toMatchObject([
    {
      id: '2605.90010',
      abstract: 'Speculative decoding, told by arXiv.',
      authors: ['Mira Oduya', 'Tomas Lindqvist, Jr.', 'Ye-jin Baek'],
      categories: ['cs.CL', 'cs.LG'],
      listedOn: '2026-05-07',
      publishedAt: null,
    },
    {
      id: '2605.92002',
      abstract: 'Abstract: the word stays when the authors wrote it.',
      categories: ['stat.ML'],
    },
  ]);
  expect(bad).toEqual([{ id: '2605.92005', problem: 'title: is empty' }]);
});

test('a feed without items is empty', () => {
  const weekend = '<rss version="2.0"><channel><title>cs.CL</title></channel></rss>';
  expect(readRss(weekend, '2026-05-09')).toEqual({ latest: null, papers: [], bad: [] });
});

test.each([
  ['a web page', '<html><body>Rate exceeded.</body></html>'],
  ['plain text', 'Rate exceeded.'],
  ['nothing', ''],
  ['half a feed', fixture('page-1').slice(0, 1500)],
  ['a feed that would reach into objects', '<feed><__proto__><x>1</x></__proto__></feed>'],
  ['a feed of nested elements', `<feed>${'<a>'.repeat(500)}${'</a>'.repeat(500)}</feed>`],
])('%s is refused', (_, xml) => {
  expect(() => readAtom(xml, '2026-05-06')).toThrow('arXiv sent something else than an Atom feed.');
  expect(() => readRss(xml, '2026-05-06')).toThrow('arXiv sent something else than an RSS feed.');
});

test('entities that a document type defines cannot blow a feed up', () => {
  const bomb = (entities: string, title: string) =>
    fixture('page-2').replace('<feed', `<!DOCTYPE feed [${entities}]><feed`).replace('The Third', title);
  const nested = bomb('<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">', 'The &b;');
  expect(readAtom(nested, '2026-05-06').papers[0]?.title).not.toContain('aaaa');
  const long = bomb(`<!ENTITY a "${'a'.repeat(9000)}">`, '&a;'.repeat(1000));
  expect(() => readAtom(long, '2026-05-06')).toThrow('arXiv sent something else than an Atom feed.');
});

test('an element that is empty where others should be in it costs no other', () => {
  const odd = fixture('page-1')
    .replace(/<author>\s*<name>Agn.*?<\/author>/s, '<author/>')
    .replace('</feed>', '<entry/></feed>');
  const { papers, bad } = readAtom(odd, '2026-05-06');
  expect(papers.map(({ authors }) => authors)).toEqual([['Sam Okoro'], ['Only One']]);
  expect(bad).toEqual([{ id: 'record 3', problem: 'id: is not an arXiv id' }]);
  expect(readRss('<rss><channel/></rss>', '2026-05-06').papers).toEqual([]);
});

test('whatever is in an element, the feed is read or refused', () => {
  const whole = fixture('rss-2026-05-07');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(whole.length), (text, at) => {
      try {
        const { papers } = readRss(whole.slice(0, at) + text + whole.slice(at), '2026-05-07');
        expect(papers.every(({ id, title }) => id && title)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError);
      }
    }),
  );
});

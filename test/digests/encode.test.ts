import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markOf, ownCard, sharedCard } from '../../src/digests/card.ts';
import type { Digest, DigestPaper } from '../../src/digests/digest.ts';
import { encodeDigest, MOST_BYTES, renderDigest } from '../../src/digests/render.ts';
import { ROOMS } from '../../src/digests/room.ts';
import { loadTemplates } from '../../src/digests/templates.ts';
import { viewOf } from '../../src/digests/view.ts';
import type { EditionPaper } from '../../src/editions/edition.ts';

const links = {
  preferences: 'https://paperboy.test/preferences/TOKEN?a=b&c="d"',
  unsubscribe: 'https://paperboy.test/unsubscribe/TOKEN',
  browser: `https://paperboy.test/digest/${'x'.repeat(90)}`,
  taste: 'https://paperboy.test/taste/TOKEN',
  site: 'https://paperboy.test',
};
const [room] = ROOMS;
if (!room) throw new Error('there is no room');

/** What the whole template makes of a digest for one reader, without anything made beforehand. */
async function templated(digest: Digest) {
  const { digest: template } = await loadTemplates();
  const cards = [...digest.papers, ...digest.trending].map((shown, n) => ({
    ...sharedCard(shown.paper, room as (typeof ROOMS)[number], links.site),
    ...ownCard(shown, room as (typeof ROOMS)[number]),
    mark: markOf(n + 1),
  }));
  const sections = {
    onTopics: cards.slice(0, digest.papers.length),
    trending: cards.slice(digest.papers.length),
  };
  return template(viewOf(digest, links, sections, { left: 0, topic: room?.topic ?? 0 }));
}

const words = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        ...[
          '{{title}}',
          '{{{cards}}}',
          '<b>',
          '&',
          '"',
          '=',
          '=20',
          '.',
          '\n.\n',
          '\uFDD0topic\uFDD1',
          '\uFDD2cards0\uFDD1',
        ],
        ...[
          'a word',
          'one more',
          'é',
          '日本語',
          '$\\tau^2$',
          ' ',
          '-',
          'x'.repeat(80),
          'see https://x.test/y',
          '$1',
          '$&',
        ],
      ),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(' '));
const papers: fc.Arbitrary<EditionPaper> = fc.record({
  id: fc.stringMatching(/^26\d\d\.\d{5}$/),
  title: words,
  abstract: words,
  tldr: fc.option(words),
  authors: fc.array(words, { maxLength: 5 }),
  thumbnail: fc.constantFrom(null, 'https://cdn.test/1.png'),
  repository: fc.constantFrom(null, 'https://github.com/a/b?x=1&y=2', 'javascript:alert(1)'),
  projectPage: fc.constantFrom(null, 'https://project.test/'),
  listedOn: fc.constant('2026-05-06'),
  rank: fc.nat(300),
  heat: fc.constant(1),
  votes: fc.nat(2000),
  votesGained: fc.nat(2000),
  comments: fc.nat(9),
  stars: fc.option(fc.nat(20_000)),
  starsGained: fc.nat(99),
});
const shown: fc.Arbitrary<DigestPaper> = fc.record({
  paper: papers,
  topic: fc.option(words),
  reasons: fc.array(words, { maxLength: 4 }),
});
const digests: fc.Arbitrary<Digest> = fc.record({
  date: fc.constant('2026-05-06'),
  weekly: fc.boolean(),
  topics: fc.array(words, { maxLength: 4 }),
  papers: fc.array(shown, { maxLength: 12 }),
  trending: fc.array(shown, { maxLength: 3 }),
  notes: fc.array(words, { maxLength: 2 }),
});

test('a digest put together from cards made once is to the letter what its template makes', async () => {
  await fc.assert(
    fc.asyncProperty(digests, async (digest) => {
      const { html, text } = await renderDigest(digest, { links });
      expect({ html, text }).toEqual(await templated(digest));
    }),
    { numRuns: 60 },
  );
});

test('readers who have a paper in common differ in what is their own only', async () => {
  await fc.assert(
    fc.asyncProperty(
      papers,
      fc.array(fc.tuple(words, words), { minLength: 2, maxLength: 5 }),
      async (paper, readers) => {
        for (const [topic, reason] of readers) {
          const digest = {
            date: '2026-05-06',
            weekly: false,
            topics: [topic],
            papers: [{ paper, topic, reasons: [reason] }],
            trending: [],
            notes: [],
          };
          const { html, text } = await renderDigest(digest, { links });
          expect({ html, text }).toEqual(await templated(digest));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('what is encoded keeps to the size and to short lines', async () => {
  await fc.assert(
    fc.asyncProperty(digests, async (digest) => {
      const { html, text } = await encodeDigest(digest, { links });
      expect(html.length).toBeLessThanOrEqual(MOST_BYTES);
      for (const part of [html, text])
        for (const line of part.split('\r\n')) expect(line).toMatch(/^(?!\.)[\x20-\x7e]{0,76}$/);
    }),
    { numRuns: 40 },
  );
});

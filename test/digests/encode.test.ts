import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markOf, ownCard, sharedCard } from '../../src/digests/card.ts';
import type { Digest } from '../../src/digests/digest.ts';
import { encodeDigest, MOST_BYTES, renderDigest } from '../../src/digests/render.ts';
import { ROOMS } from '../../src/digests/room.ts';
import { loadTemplates } from '../../src/digests/templates.ts';
import { viewOf } from '../../src/digests/view.ts';
import { sizeOf, textOf } from '../../src/lib/pieces.ts';
import { digests, papers, words } from '../support/hostile.ts';

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
      expect(sizeOf(html)).toBeLessThanOrEqual(MOST_BYTES);
      for (const part of [html, text])
        for (const line of textOf(part).split('\r\n')) expect(line).toMatch(/^(?!\.)[\x20-\x7e]{0,76}$/);
    }),
    { numRuns: 40 },
  );
});

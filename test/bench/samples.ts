import { digestMessage } from '../../src/delivery/message.ts';
import type { Digest, DigestPaper } from '../../src/digests/digest.ts';
import { encodeDigest } from '../../src/digests/render.ts';
import type { EditionPaper } from '../../src/editions/edition.ts';
import type { Pieces } from '../../src/lib/pieces.ts';
import { papersOf } from './load.ts';

const DAY = '2026-05-06';

/** An edition's paper as it is after an ingest and a publish. */
export const editionPapers = (count: number): EditionPaper[] =>
  papersOf(count, DAY).map((paper, index) => ({
    id: paper.id,
    title: paper.title,
    abstract: paper.abstract ?? '',
    tldr: null,
    authors: paper.authors ?? [],
    thumbnail: paper.thumbnail ?? null,
    repository: paper.repository ?? null,
    projectPage: null,
    listedOn: DAY,
    rank: index + 1,
    heat: 100 - index,
    votes: paper.votes ?? 0,
    votesGained: 7,
    comments: paper.comments ?? 0,
    stars: paper.stars ?? null,
    starsGained: 3,
  }));

/** A digest of so many papers, three of them outside of the topics. */
export function digestOf(papers: number, from = editionPapers(papers)): Digest {
  const topics = ['speculative decoding', 'video generation', 'world models'];
  const some = from.slice(0, papers).map(
    (paper, n): DigestPaper => ({
      paper,
      topic: topics[n % 3] ?? null,
      reasons: [
        `“${topics[n % 3]}” in the title`,
        '+7 votes since yesterday',
        `${n + 1}th of 40 on your topic`,
      ],
    }),
  );
  const trending = some.splice(papers - 3).map((one) => ({ ...one, topic: null }));
  return { date: DAY, weekly: false, topics, papers: some, trending, notes: [] };
}

/** A reader's own links, as long as the real ones. */
export function linksOf(n: number) {
  const token = `${String(n).padStart(8, '0')}abcdefghijklmnopqrstuvwxyzABCDEFGHI`;
  return {
    preferences: `https://paperboy.example/preferences/${token}`,
    unsubscribe: `https://paperboy.example/unsubscribe/${token}`,
    browser: `https://paperboy.example/digest/${token}`,
    taste: `https://paperboy.example/taste/${token}`,
    site: 'https://paperboy.example',
  };
}

/** What stands in a message besides its digest. */
export const envelopeOf = (n: number) => ({
  id: `0198f0aa-1111-7222-8333-${String(n).padStart(12, '0')}`,
  to: `reader${n}@example.org`,
  date: new Date('2026-05-07T08:00:00Z'),
  from: { name: 'Paperboy', address: 'digest@paperboy.example' },
  links: {
    oneClick: linksOf(n).unsubscribe,
    domain: 'paperboy.example',
    tokens: { unsubscribe: 'a'.repeat(52), bounce: 'b'.repeat(52) },
  },
});

/** A whole message, as large as what most readers get. */
export async function rawDigest(): Promise<Pieces> {
  const encoded = await encodeDigest(digestOf(13), { links: linksOf(1) });
  return digestMessage({ ...envelopeOf(1), encoded }).raw;
}

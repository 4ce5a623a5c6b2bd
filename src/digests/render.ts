import { startOf } from '../lib/day.ts';
import { type Card, cardOf, type Room } from './card.ts';
import type { Digest } from './digest.ts';
import { legible } from './plain.ts';
import { preheaderOf, subjectOf } from './subject.ts';
import { loadTemplates, type Mail } from './templates.ts';

export type Rendered = Mail & { subject: string; preheader: string };

export type Reader = {
  links: {
    preferences: string;
    unsubscribe: string;
    /** The same digest as a page. */
    browser: string;
    /** Followed by a paper's id: where the reader asks for more like it, or for less. */
    taste: string;
    site: string;
  };
};

/** Gmail clips a message at about 102 KB, unsubscribe link and all. */
export const MOST_BYTES = 100_000;

/**
 * A digest as the two parts of a mail and its subject. Every text is made inert and its LaTeX readable, and long ones
 * are shortened as far as it takes to keep the HTML within 100,000 bytes of quoted-printable.
 */
export async function renderDigest(digest: Digest, reader: Reader): Promise<Rendered> {
  const templates = await loadTemplates();
  const heads = { subject: subjectOf(digest), preheader: preheaderOf(digest) };
  const attempt = (room: Room, left: number): Mail =>
    templates.digest({ ...heads, ...viewOf(digest, reader, room, left) });

  for (const room of ROOMS) {
    const mail = attempt(room, 0);
    if (encodedAtMost(mail.html) <= MOST_BYTES) return { ...heads, ...mail };
  }
  // Hundreds of papers: as many as fit, and the number of the others.
  const total = digest.papers.length + digest.trending.length;
  for (let left = 1; ; left += Math.ceil((total - left) / 10)) {
    const mail = attempt(LEAST, left);
    if (encodedAtMost(mail.html) <= MOST_BYTES || left >= total) return { ...heads, ...mail };
  }
}

const MOST: Room = {
  title: 240,
  summary: 440,
  author: 48,
  topic: 64,
  reason: 140,
  reasons: 4,
  url: 300,
  thumbnail: true,
};
const LEAST: Room = {
  title: 64,
  summary: 0,
  author: 12,
  topic: 20,
  reason: 40,
  reasons: 1,
  url: 0,
  thumbnail: false,
};
const ROOMS: Room[] = [
  MOST,
  { ...MOST, summary: 320 },
  { ...MOST, summary: 240, title: 160, reason: 90 },
  { ...MOST, summary: 140, title: 120, author: 32, topic: 40, reason: 80, reasons: 2, url: 160 },
  LEAST,
];

function viewOf(digest: Digest, { links }: Reader, room: Room, left: number) {
  const all = [...digest.papers, ...digest.trending];
  const cards = all
    .slice(0, all.length - left)
    .map((paper, index) => cardOf(paper, index + 1, room, links.site));
  return {
    date: inWords.format(startOf(digest.date)),
    headline: headlineOf(digest),
    notes: digest.notes.slice(0, 3).map((note) => legible(note, 200)),
    sections: [
      { heading: '', cards: cards.slice(0, digest.papers.length) },
      { heading: 'Also trending today', cards: cards.slice(digest.papers.length) },
    ].filter((section): section is { heading: string; cards: Card[] } => section.cards.length > 0),
    left: left > 0 ? `${left} more did not fit into this mail.` : '',
    topics: digest.topics.slice(0, 30).map((topic) => legible(topic, room.topic)),
    links,
  };
}

const inWords = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

function headlineOf({ papers, trending, topics }: Digest): string {
  const on = topics.length === 1 ? 'your topic' : 'your topics';
  if (papers.length === 0) return `Nothing new on ${on}, but this is what others read`;
  const count = papers.length === 1 ? 'One paper' : `${papers.length} papers`;
  if (trending.length === 0) return `${count} on ${on}`;
  return `${count} on ${on}, and ${trending.length === 1 ? 'one more that is' : `${trending.length} more that are`} trending`;
}

/**
 * An upper bound, in bytes, of a text in quoted-printable (RFC 2045, 6.7): three for each byte outside of printable
 * ASCII, and a soft line break (three more) for every 50 at the most, which is where encoders like to break.
 */
export function encodedAtMost(text: string): number {
  let bytes = 0;
  for (const byte of Buffer.from(text)) {
    if (byte === 10) bytes += 2;
    else bytes += byte === 61 || byte < 32 || byte > 126 ? 3 : 1;
  }
  return bytes + 3 * Math.ceil(bytes / 50);
}

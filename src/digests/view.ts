import { type Day, startOf } from '../lib/day.ts';
import { remembered } from '../lib/memo.ts';
import type { Card } from './card.ts';
import type { Digest } from './digest.ts';
import { legible } from './plain.ts';
import { preheaderOf, subjectOf } from './subject.ts';

/** The pages that a digest links to. */
export type Links = {
  preferences: string;
  unsubscribe: string;
  /** The same digest as a page. */
  browser: string;
  /** Followed by a paper's id: where the reader asks for more like it, or for less. */
  taste: string;
  site: string;
};

/** What the digest's template shows around the cards, and the cards: its frame takes them as one text. */
export type DigestView<Cards = Card[]> = {
  subject: string;
  preheader: string;
  date: string;
  headline: string;
  notes: string[];
  sections: { heading: string; cards: Cards }[];
  /** Says how many did not fit. */
  left: string;
  topics: string[];
  links: Links;
};

export function viewOf<Cards extends { length: number }>(
  digest: Digest,
  links: Links,
  cards: { onTopics: Cards; trending: Cards },
  { left, topic }: { left: number; topic: number },
): DigestView<Cards> {
  return {
    subject: subjectOf(digest),
    preheader: preheaderOf(digest),
    date: inWords(digest.date),
    headline: headlineOf(digest),
    notes: digest.notes.slice(0, 3).map((note) => legible(note, 200)),
    sections: [
      { heading: '', cards: cards.onTopics },
      { heading: `Also trending ${digest.weekly ? 'this week' : 'today'}`, cards: cards.trending },
    ].filter((section) => section.cards.length > 0),
    left: left > 0 ? `${left} more did not fit into this mail.` : '',
    topics: digest.topics.slice(0, 30).map((query) => legible(query, topic)),
    links,
  };
}

const format = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const inWords = remembered(100, (day: Day) => format.format(startOf(day)));

function headlineOf({ papers, trending, topics }: Digest): string {
  const on = topics.length === 1 ? 'your topic' : 'your topics';
  if (papers.length === 0) return `Nothing new on ${on}, but this is what others read`;
  const count = papers.length === 1 ? 'One paper' : `${papers.length} papers`;
  if (trending.length === 0) return `${count} on ${on}`;
  return `${count} on ${on}, and ${trending.length === 1 ? 'one more that is' : `${trending.length} more that are`} trending`;
}

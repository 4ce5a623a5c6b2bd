import { type EditionPaper, type Match, votesSinceYesterday } from '../editions/edition.ts';
import type { Day } from '../lib/day.ts';

type Place = { query: string; match: Match; position: number; of: number };

/** Why a paper is in a digest: facts only, the weightiest first. `place` is null for a paper outside the topics. */
export function reasonsFor(paper: EditionPaper, place: Place | null, date: Day): string[] {
  return [
    place ? matched(place, paper) : `${ordinal(paper.rank)} of all papers today`,
    moved(paper, date),
    place && place.of > 1 ? `${ordinal(place.position)} of ${place.of} on your topic` : null,
  ].filter((reason) => reason !== null);
}

function matched({ query, match: { inTitle, inKeywords, inAbstract } }: Place, paper: EditionPaper): string {
  const found = [
    { words: inTitle, place: 'in the title', text: paper.title },
    { words: inKeywords, place: 'among the keywords', text: '' },
    { words: inAbstract, place: 'in the abstract', text: paper.abstract },
  ].flatMap(({ words, place, text }) => (words.length > 0 ? [`${quoted(words, text)} ${place}`] : []));
  return found.length > 0 ? found.join(', ') : `fits “${query}”`;
}

/** In one pair of quotes only where they stand together. */
function quoted(words: string[], text: string): string {
  const plain = text.toLowerCase().replace(/[-\s]+/g, ' ');
  const together = words.join(' ');
  return plain.includes(together.toLowerCase())
    ? `“${together}”`
    : list.format(words.map((word) => `“${word}”`));
}
const list = new Intl.ListFormat('en-GB');

function moved(paper: EditionPaper, date: Day): string | null {
  if (paper.votes === 0) return null;
  if (paper.listedOn === date) return `${count(paper.votes, 'vote')} on its first day`;
  const gained = votesSinceYesterday(paper);
  return gained > 0 ? `+${count(gained, 'vote')} since yesterday` : null;
}

const count = (n: number, noun: string) => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** 1st, 2nd, 3rd, 4th … 11th … 21st */
export function ordinal(n: number): string {
  const suffix = { one: 'st', two: 'nd', few: 'rd', other: 'th' }[
    rules.select(n) as 'one' | 'two' | 'few' | 'other'
  ];
  return `${n.toLocaleString('en')}${suffix}`;
}
const rules = new Intl.PluralRules('en', { type: 'ordinal' });

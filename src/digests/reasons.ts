import { type EditionPaper, votesSinceYesterday } from '../editions/edition.ts';
import type { Day } from '../lib/day.ts';
import { remembered } from '../lib/memo.ts';
import { fold } from '../papers/text.ts';
import type { Match } from '../topics/relevance.ts';
import { nameOf } from './subject.ts';
import type { Like } from './taste.ts';

/** Where a paper stands: on a topic, perhaps beside a twin of its, or among all papers. */
export type Place =
  | {
      topic: { query: string; match: Match; position: number; of: number };
      twin: Twin | undefined;
    }
  | { position: number };

/** A paper that is nearly the same, and the day of the digest that the reader had it in; null: it is in this one. */
export type Twin = { paper: EditionPaper; had: Day | null };

export type Circumstances = {
  edition: Day;
  weekly: boolean;
  /** The digest that the reader had it in before. */
  before: { on: Day; votes: number } | undefined;
  /** The example that it is like. */
  like: Like | null | undefined;
};

/** Why a paper is in a digest: facts only, the weightiest first. */
export function reasonsFor(
  paper: EditionPaper,
  place: Place,
  { edition, weekly, before, like }: Circumstances,
): string[] {
  return [
    before ? back(paper, before) : null,
    'topic' in place
      ? matchedBy(place.topic, paper)
      : `${ordinal(place.position)} of all papers ${weekly ? 'this week' : 'today'}`,
    like ? liked(like) : null,
    before ? null : moved(paper, edition, weekly),
    standing(place),
  ].filter((reason) => reason !== null);
}

const liked = ({ title, kind, itself }: Like) =>
  itself ? `you asked for ${kind} like it` : `like “${nameOf(title, 60)}”, which you asked ${kind} of`;

const back = ({ votes }: EditionPaper, before: { on: Day; votes: number }) =>
  `back: +${count(votes - before.votes, 'vote')} since you had it on ${spoken(before.on)}`;

function standing(place: Place): string | null {
  if (!('topic' in place)) return null;
  const { twin, topic } = place;
  if (twin)
    return `close to “${nameOf(twin.paper.title, 60)}”, which ${twin.had ? `you had on ${spoken(twin.had)}` : 'is here too'}`;
  // That nearly all others on the topic are hotter speaks for no paper.
  const high = topic.of > 1 && topic.position <= Math.ceil(topic.of / 2);
  return high ? `${ordinal(topic.position)} of ${topic.of} on your topic` : null;
}

/** Where a paper bears a topic's words: "“speculative decoding” in the title"; and whether its meaning is what brings it. */
export function matchedBy(
  {
    query,
    match: { inTitle, inKeywords, inAbstract, byMeaning },
  }: { query: string; match: Omit<Match, 'paperId'> },
  paper: Pick<EditionPaper, 'title' | 'abstract'>,
): string {
  const found = [
    { words: inTitle, place: 'in the title', text: paper.title },
    { words: inKeywords, place: 'among the keywords', text: '' },
    { words: inAbstract, place: 'in the abstract', text: paper.abstract },
  ].flatMap(({ words, place, text }) => {
    const spelled = words.map((word) => spelledIn(query, word));
    return words.length > 0 ? [`${quoted(spelled, text)} ${place}`] : [];
  });
  if (byMeaning) found.push(`close in meaning to “${query}”`);
  return found.length > 0 ? found.join(', ') : `fits “${query}”`;
}

/** A word of a topic as the reader wrote it. */
export function spelledIn(query: string, word: string): string {
  const at = plain(query).indexOf(word);
  const written = at < 0 ? '' : query.slice(at, at + word.length);
  // Behind letters that fold to more or fewer it stands elsewhere, and half a surrogate pair Postgres refuses.
  return plain(written) === word ? written : word;
}

const plain = (text: string): string => fold(text).toLowerCase().replaceAll('-', ' ');

/** In one pair of quotes only where they stand together. */
function quoted(words: string[], text: string): string {
  const together = words.join(' ');
  return spaced(text).includes(plain(together))
    ? `“${together}”`
    : list.format(words.map((word) => `“${word}”`));
}
const list = new Intl.ListFormat('en-GB');
/** The same few hundred titles and abstracts, for all readers. */
const spaced = remembered(2_000, (text) => plain(text).replace(/\s+/g, ' '));

function moved(paper: EditionPaper, date: Day, weekly: boolean): string | null {
  if (paper.votes === 0) return null;
  if (weekly) return `${count(paper.votes, 'vote')} since ${spoken(paper.listedOn)}`;
  if (paper.listedOn === date) return `${count(paper.votes, 'vote')} on its first day`;
  const gained = votesSinceYesterday(paper);
  return gained > 0 ? `+${count(gained, 'vote')} since yesterday` : null;
}

const spoken = (day: Day) =>
  Temporal.PlainDate.from(day).toLocaleString('en-GB', { day: 'numeric', month: 'long' });

const number = new Intl.NumberFormat('en');
const count = (n: number, noun: string) => `${number.format(n)} ${noun}${n === 1 ? '' : 's'}`;

/** 1st, 2nd, 3rd, 4th … 11th … 21st */
export function ordinal(n: number): string {
  const suffix = { one: 'st', two: 'nd', few: 'rd', other: 'th' }[
    rules.select(n) as 'one' | 'two' | 'few' | 'other'
  ];
  return `${number.format(n)}${suffix}`;
}
const rules = new Intl.PluralRules('en', { type: 'ordinal' });

import type { Edition, EditionPaper } from '../editions/edition.ts';
import type { Day } from '../lib/day.ts';
import type { Digest, DigestPaper } from './digest.ts';
import { type Field, fieldOf, isHot } from './field.ts';
import { fill } from './fill.ts';
import type { Known, Reader, Sent } from './reader.ts';
import { type Place, reasonsFor } from './reasons.ts';
import { type Standing, standings } from './standings.ts';
import { trendingOf } from './trending.ts';

/** Nothing to say is an answer too, and the ledger keeps it. */
export type Choice = { digest: Digest } | { silence: Silence };

export type Silence =
  | 'no paper on the topics'
  | 'no new paper on the topics'
  /** As on weekends and holidays: what found no room before is no reason for a mail. */
  | 'no paper was listed since the last digest'
  | 'no paper was listed in these days';

/**
 * Chooses a reader's papers from an edition. Pure: the same input gives the same digest.
 *
 * Every topic with a new paper gets a place before any topic gets a second; the rest go by the mix of relevance and
 * heat that the reader's dial sets, moved by the reader's examples. Heat counts as the percentile within the topic, so
 * that a loud field cannot drown a quiet one. Of papers that are nearly the same one comes first, and the others, or those
 * nearly the same as one that the reader has had, only when nothing else is left. A paper that a topic excludes comes
 * neither through that topic nor as a trending paper. Without a paper on the topics that was listed since the last
 * digest, or is back, there is none: what trends elsewhere, and what found no room before, comes along, but never alone.
 */
export function choose(edition: Edition, reader: Reader, known: Known): Choice {
  const field = fieldOf(edition);
  const { sent, since, matches } = known;
  const isNew = (paper: EditionPaper) => !sent.has(paper.id) || isBack(paper, sent.get(paper.id), field);
  const ranked = reader.topics.map((topic) =>
    standings(topic, matches.get(topic.id) ?? [], { field, reader, known }),
  );
  const places = ranked.map((topic) => topic.filter(({ paper }) => isNew(paper)));
  const isListed = ({ listedOn }: EditionPaper) => !since || listedOn > since;
  if (!places.some((topic) => topic.some(({ paper }) => isListed(paper) || sent.has(paper.id))))
    return { silence: silenceOf(ranked, since, edition.papers.some(isListed)) };
  const chosen = fill(places, { field, reader, known });
  const isOnTopic = (paper: EditionPaper) =>
    ranked.some((topic) => topic.some((standing) => standing.paper === paper));
  const trending = trendingOf(
    { field, reader, known },
    (paper) => isNew(paper) && !isOnTopic(paper),
    new Set(chosen.map(({ paper }) => paper.id)),
  );
  const given = { edition, reader, known };
  return {
    digest: {
      date: edition.date,
      weekly: reader.frequency === 'weekly',
      topics: reader.topics.map(({ query }) => query),
      papers: chosen.map(({ paper, topic, twin }) => described(paper, { topic, twin }, topic, given)),
      trending: trending.map((hot) => described(hot.paper, { position: hot.position }, hot, given)),
      notes: edition.notes,
    },
  };
}

/**
 * A paper with the reasons for it.
 *
 * @param alike the same object for all readers to whom the paper stands alike: those of whom there is nothing particular
 *   to say share one description, and what is made of it (cards.ts)
 */
function described(
  paper: EditionPaper,
  place: Place,
  alike: object,
  { edition, reader, known }: { edition: Edition; reader: Reader; known: Known },
): DigestPaper {
  const before = known.sent.get(paper.id);
  const like = known.taste?.get(paper.id)?.like;
  const particular = before || like || ('twin' in place && place.twin);
  const shared = particular ? undefined : descriptions.get(alike);
  if (shared) return shared;
  const weekly = reader.frequency === 'weekly';
  const made = {
    paper,
    topic: 'topic' in place ? place.topic.query : null,
    reasons: reasonsFor(paper, place, { edition: edition.date, weekly, before, like }),
  };
  if (!particular) descriptions.set(alike, made);
  return made;
}
const descriptions = new WeakMap<object, DigestPaper>();

function silenceOf(
  ranked: readonly (readonly Standing[])[],
  since: Day | undefined,
  listed: boolean,
): Silence {
  if (!listed)
    return since ? 'no paper was listed since the last digest' : 'no paper was listed in these days';
  return ranked.every((topic) => topic.length === 0)
    ? 'no paper on the topics'
    : 'no new paper on the topics';
}

/** Whether a paper that was sent once has taken off since: it has gained twice the votes that it had, and is hot now. */
export const isBack = (paper: EditionPaper, before: Sent | undefined, field: Field): boolean =>
  before?.times === 1 &&
  paper.votes - before.votes >= Math.max(LEAST_GAINED, 2 * before.votes) &&
  isHot(field.day, paper.rank);
const LEAST_GAINED = 30;

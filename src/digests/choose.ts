import type { Edition, EditionPaper, Match } from '../editions/edition.ts';
import type { Day } from '../lib/day.ts';
import { CUT_OFF } from '../topics/match.ts';
import type { Digest, DigestPaper } from './digest.ts';
import { type Field, fieldOf, isHot } from './field.ts';
import { type Place, reasonsFor } from './reasons.ts';
import type { Taste } from './taste.ts';

export type Reader = {
  topics: { id: string; query: string }[];
  maxPapers: number;
  /** Up to three hot papers outside the topics. */
  trending: boolean;
  /** 0: only relevance orders the papers of a topic, 1: only heat. */
  popularity: number;
  frequency: 'daily' | 'weekdays' | 'weekly';
};

export type Known = {
  /** By topic id, as the edition has them. */
  matches: ReadonlyMap<string, readonly Match[]>;
  /** Papers that one of the reader's topics excludes. */
  excluded: ReadonlySet<string>;
  /** What this reader has had of the edition's papers, by paper id. */
  sent: ReadonlyMap<string, Sent>;
  /** The edition of the digest that they had last; absent for who has had none. */
  since?: Day | undefined;
  /** Absent for a reader who gave no examples. */
  taste?: Taste | undefined;
};

/** The day of the first digest that had the paper, the votes that it had then, and how many digests had it. */
export type Sent = { on: Day; votes: number; times: number };

/** Nothing to say is an answer too, and the ledger keeps it. */
export type Choice = { digest: Digest } | { silence: Silence };

export type Silence =
  | 'no paper on the topics'
  | 'no new paper on the topics'
  /** As on weekends and holidays: what found no room before is no reason for a mail. */
  | 'no paper was listed since the last digest';

const MOST_TRENDING = 3;
/** How far examples can move a paper, on the scale of 0 to 1 on which relevance and heat are mixed. */
const TASTE = 0.5;

/**
 * Chooses a reader's papers from an edition. Pure: the same input gives the same digest.
 *
 * Every topic with a new paper gets a place before any topic gets a second; the rest go by the mix of relevance and
 * heat that the reader's dial sets, moved by the reader's examples. Heat counts as the percentile within the topic, so
 * that a loud field cannot drown a quiet one. Of papers that are nearly the same one comes first, and the others only
 * when nothing else is left. A paper that a topic excludes comes neither through that topic nor as a trending paper.
 * Without a paper on the topics that was listed since the last digest, or is back, there is none: what trends elsewhere,
 * and what found no room before, comes along, but never alone.
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
  if (!places.flat().some(({ paper }) => isListed(paper) || sent.has(paper.id)))
    return { silence: silenceOf(ranked, !since || edition.papers.some(isListed)) };
  const chosen = fill(places, reader.maxPapers, field);
  const onTopic = new Set(ranked.flat().map(({ paper }) => paper.id));
  const trending = trendingOf(
    { field, reader, known },
    (paper) => isNew(paper) && !onTopic.has(paper.id),
    chosen.map(({ paper }) => paper.id),
  );
  const described = (paper: EditionPaper, place: Place): DigestPaper => ({
    paper,
    topic: 'topic' in place ? place.topic.query : null,
    reasons: reasonsFor(paper, place, {
      edition: edition.date,
      weekly: reader.frequency === 'weekly',
      before: sent.get(paper.id),
      like: known.taste?.get(paper.id)?.like,
    }),
  });
  return {
    digest: {
      date: edition.date,
      topics: reader.topics.map(({ query }) => query),
      papers: chosen.map(({ paper, topic, twin }) => described(paper, { topic, twin })),
      trending: trending.map(({ paper, position }) => described(paper, { position })),
      notes: edition.notes,
    },
  };
}

function silenceOf(ranked: Standing[][], listed: boolean): Silence {
  if (!listed) return 'no paper was listed since the last digest';
  return ranked.every((topic) => topic.length === 0)
    ? 'no paper on the topics'
    : 'no new paper on the topics';
}

/** Whether a paper that was sent once has taken off since: it has gained twice the votes that it had, and is hot now. */
export const isBack = (paper: EditionPaper, before: Sent | undefined, field: Field): boolean =>
  before?.times === 1 &&
  paper.votes - before.votes >= Math.max(LEAST_GAINED, 2 * before.votes) &&
  isHot(field, paper.rank);
const LEAST_GAINED = 30;

/** A paper's standing on one topic. */
type Standing = {
  paper: EditionPaper;
  topic: { query: string; match: Match; position: number; of: number };
  score: number;
};
type Chosen = Standing & { twin: EditionPaper | undefined };
type Given = { field: Field; reader: Reader; known: Known };

/** The topic's papers, best first. Positions go by heat, ties by the edition's rank, so the order is total. */
function standings(
  topic: { query: string },
  matches: readonly Match[],
  { field, reader: { popularity, frequency }, known: { taste } }: Given,
): Standing[] {
  const order = frequency === 'weekly' ? field.week : field.day;
  const byHeat = matches
    .flatMap((match) => {
      const paper = field.papers.get(match.paperId);
      return paper ? [{ paper, match }] : [];
    })
    .sort((a, b) => place(order, a.paper) - place(order, b.paper));
  return byHeat
    .map(({ paper, match }, index) => {
      const percentile = 1 - index / byHeat.length;
      // From the cut-off on, so that both ends of the dial weigh the same.
      const relevance = Math.max(0, (match.relevance - CUT_OFF) / (1 - CUT_OFF));
      return {
        paper,
        topic: { query: topic.query, match, position: index + 1, of: byHeat.length },
        score:
          popularity * percentile + (1 - popularity) * relevance + TASTE * (taste?.get(paper.id)?.lean ?? 0),
      };
    })
    .sort(best);
}

const place = (order: ReadonlyMap<string, number>, { id }: EditionPaper) => order.get(id) ?? order.size;

const best = (a: Standing, b: Standing) => b.score - a.score || a.paper.rank - b.paper.rank;

/** First one of each topic, then whatever is best; a twin of a chosen paper only where nothing else is left. */
function fill(places: Standing[][], most: number, { twins, papers }: Field): Chosen[] {
  const chosen = new Map<string, Chosen>();
  const twinOf = ({ paper }: Standing) => [...(twins.get(paper.id) ?? [])].find((id) => chosen.has(id));
  const take = (standing: Standing) => {
    if (chosen.size >= most || chosen.has(standing.paper.id)) return;
    const twin = twinOf(standing);
    chosen.set(standing.paper.id, { ...standing, twin: twin === undefined ? undefined : papers.get(twin) });
  };
  for (const topic of places) {
    const served = topic.some(({ paper }) => chosen.has(paper.id));
    const first = topic.find((standing) => twinOf(standing) === undefined) ?? topic[0];
    if (first && !served) take(first);
  }
  const rest = places.flat().sort(best);
  for (const standing of rest) if (twinOf(standing) === undefined) take(standing);
  for (const standing of rest) take(standing);
  return [...chosen.values()].sort(best);
}

/** The hottest papers that a reader may get from outside the topics, by the week's heat or the day's. */
function trendingOf(
  { field, reader, known: { excluded, taste } }: Given,
  eligible: (paper: EditionPaper) => boolean,
  chosen: string[],
): { paper: EditionPaper; position: number }[] {
  if (!reader.trending) return [];
  const order = reader.frequency === 'weekly' ? field.week : field.day;
  const hot = [...order].flatMap(([id, index]) => {
    const paper = isHot(field, index + 1) ? field.papers.get(id) : undefined;
    if (!paper || !eligible(paper) || excluded.has(id)) return [];
    return [{ paper, position: index + 1, score: -index / field.hot + TASTE * (taste?.get(id)?.lean ?? 0) }];
  });
  const taken: typeof hot = [];
  for (const one of hot.sort((a, b) => b.score - a.score || a.position - b.position)) {
    const near = field.twins.get(one.paper.id);
    const known = [...chosen, ...taken.map(({ paper }) => paper.id)];
    if (taken.length < MOST_TRENDING && !known.some((id) => near?.has(id))) taken.push(one);
  }
  return taken;
}

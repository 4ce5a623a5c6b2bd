import type { Edition, EditionPaper, Match } from '../editions/edition.ts';
import { heat } from '../editions/heat.ts';
import type { Digest, DigestPaper } from './digest.ts';
import { reasonsFor } from './reasons.ts';

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
  /** Papers that this reader has had. */
  sent: ReadonlySet<string>;
};

/** Nothing to say is an answer too, and the ledger keeps it. */
export type Choice =
  | { digest: Digest }
  | { silence: 'no paper on the topics' | 'no new paper on the topics' };

const MOST_TRENDING = 3;
/** Beyond this rank a paper is not trending, however little else there is. */
const TRENDING_RANK = 20;

/**
 * Chooses a reader's papers from an edition. Pure: the same input gives the same digest.
 *
 * Every topic with a new paper gets a place before any topic gets a second; the rest go by the mix of relevance and
 * heat that the reader's dial sets. Heat counts as the percentile within the topic, so that a loud field cannot drown
 * a quiet one. A paper that a topic excludes comes neither through that topic nor as a trending paper.
 */
export function choose(edition: Edition, reader: Reader, { matches, excluded, sent }: Known): Choice {
  const papers = new Map(edition.papers.map((paper) => [paper.id, paper]));
  const ranked = reader.topics.map((topic) => standings(topic, matches.get(topic.id) ?? [], papers, reader));
  const places = ranked.map((topic) => topic.filter(({ paper }) => !sent.has(paper.id)));
  if (places.every((topic) => topic.length === 0)) {
    const silent = ranked.every((topic) => topic.length === 0);
    return { silence: silent ? 'no paper on the topics' : 'no new paper on the topics' };
  }
  const chosen = fill(places, reader.maxPapers);
  const onTopic = new Set(ranked.flat().map(({ paper }) => paper.id));
  const trending = edition.papers
    .filter(({ id, rank }) => rank <= TRENDING_RANK && !onTopic.has(id) && !sent.has(id) && !excluded.has(id))
    .slice(0, reader.trending ? MOST_TRENDING : 0);
  return {
    digest: {
      date: edition.date,
      topics: reader.topics.map(({ query }) => query),
      papers: chosen.map((standing) => digestPaper(standing, edition)),
      trending: trending.map((paper) => digestPaper({ paper, topic: null }, edition)),
      notes: edition.notes,
    },
  };
}

/** A paper's standing on one topic. */
type Standing = {
  paper: EditionPaper;
  topic: { query: string; match: Match; position: number; of: number };
  score: number;
};

/** The topic's papers, best first. Positions go by heat, ties by the edition's rank, so the order is total. */
function standings(
  topic: { query: string },
  matches: readonly Match[],
  papers: ReadonlyMap<string, EditionPaper>,
  { popularity, frequency }: Reader,
): Standing[] {
  const warmth = frequency === 'weekly' ? heatOfTheWeek : (paper: EditionPaper) => paper.heat;
  const byHeat = matches
    .flatMap((match) => {
      const paper = papers.get(match.paperId);
      return paper ? [{ paper, match }] : [];
    })
    .sort((a, b) => warmth(b.paper) - warmth(a.paper) || a.paper.rank - b.paper.rank);
  return byHeat
    .map(({ paper, match }, index) => {
      const percentile = 1 - index / byHeat.length;
      return {
        paper,
        topic: { query: topic.query, match, position: index + 1, of: byHeat.length },
        score: popularity * percentile + (1 - popularity) * match.relevance,
      };
    })
    .sort(best);
}

/** A week's reader asks what the week brought, not what is hot on its last day: all its votes count, age does not. */
const heatOfTheWeek = (paper: EditionPaper) => heat({ ...paper, votesGained: paper.votes }, 0);

const best = (a: Standing, b: Standing) => b.score - a.score || a.paper.rank - b.paper.rank;

function fill(places: Standing[][], most: number): Standing[] {
  const chosen = new Map<string, Standing>();
  const take = (standing: Standing) => {
    if (chosen.size < most && !chosen.has(standing.paper.id)) chosen.set(standing.paper.id, standing);
  };
  for (const topic of places) {
    const served = topic.some(({ paper }) => chosen.has(paper.id));
    if (topic[0] && !served) take(topic[0]);
  }
  for (const standing of places.flat().sort(best)) take(standing);
  return [...chosen.values()].sort(best);
}

function digestPaper(
  { paper, topic }: Pick<Standing, 'paper'> & { topic: Standing['topic'] | null },
  edition: Edition,
): DigestPaper {
  return { paper, topic: topic?.query ?? null, reasons: reasonsFor(paper, topic, edition.date) };
}

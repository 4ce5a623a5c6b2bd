import type { History, Ranked } from './history.ts';
import { mean, ndcgAt, share, tau } from './measures.ts';

/** Ways to order an edition by what was known when it was made. */
const ORDERS: [string, (paper: Ranked) => number][] = [
  ['heat (what ships)', ({ heat }) => heat],
  ['votes so far', ({ votes }) => votes],
  ['votes of the last day', ({ votesGained }) => votesGained],
];
/** Of fewer papers no order says anything. */
const FEW = 5;

/** How well each order of the editions agrees with a week later: of the day's papers with all votes, of all with those to come. */
export function trendingTable({ editions }: History): string[][] {
  const all = editions.map((papers) => papers.filter(({ later }) => later !== null));
  const fresh = all.map((papers) => papers.filter(({ isNew }) => isNew));
  return [
    ['', 'new: tau', 'nDCG', 'all: tau', 'nDCG'],
    ...ORDERS.map(([name, scoreOf]) => [
      name,
      ...agreement(fresh, scoreOf, ({ later }) => later ?? 0),
      ...agreement(all, scoreOf, ({ later, votes }) => Math.max(0, (later ?? 0) - votes)),
    ]),
  ];
}

/** How many papers have an outcome. */
export const measuredIn = ({ editions }: History): number =>
  new Set(editions.flat().flatMap(({ id, later }) => (later === null ? [] : [id]))).size;

/** Kendall's tau and nDCG@10, averaged over the editions. */
function agreement(
  editions: Ranked[][],
  scoreOf: (paper: Ranked) => number,
  outcomeOf: (paper: Ranked) => number,
): string[] {
  const enough = editions.filter((papers) => papers.length >= FEW);
  const taus = enough.map((papers) => tau(papers.map((paper) => [scoreOf(paper), outcomeOf(paper)])));
  const gains = enough.map((papers) =>
    ndcgAt(
      10,
      papers.map((paper) => ({ id: paper.id, score: scoreOf(paper) })).sort(best),
      new Map(papers.map((paper) => [paper.id, Math.log2(1 + outcomeOf(paper))])),
    ),
  );
  return [share(mean(taus)), share(mean(gains))];
}

type Scored = { id: string; score: number };
const best = (a: Scored, b: Scored) => b.score - a.score || (a.id < b.id ? -1 : 1);

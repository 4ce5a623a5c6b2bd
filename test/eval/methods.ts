import type { App } from '../../src/app.ts';
import { listedCandidates, matches } from '../../src/topics/match.ts';
import { type Close, closeToTopics } from '../../src/topics/meaning.ts';
import { CUT_OFF, type Match } from '../../src/topics/relevance.ts';
import { searchPapers } from '../../src/topics/search.ts';
import { embedPapers } from '../../src/topics/vectors.ts';
import { waysOf } from '../../src/topics/ways.ts';
import { topic as parsedOf } from '../support/topics.ts';
import { allWords, anyWord, bm25, coverage } from './baselines.ts';
import type { Scored } from './measures.ts';

/** A way to tell which of the stored papers are on topics. */
export type Method = {
  name: string;
  /** From which score on a paper is sent. `kindest`: it has none of its own, and gets the one with the best F1 here. */
  cutOff: number | 'kindest';
  /** For each topic, as it was written, the papers that have anything of it, best first. */
  find: (app: App, topics: string[]) => Promise<Map<string, Scored[]>>;
};

/** With meaning too where the app has a model. */
export const methodsOf = ({ embedder }: App): Method[] => [
  ...methods,
  ...(embedder ? [{ name: `with ${embedder.model}`, cutOff: CUT_OFF, find: meant }] : []),
];

const methods: Method[] = [
  { name: 'all words (websearch_to_tsquery)', cutOff: 0, find: allWords },
  { name: 'any word (ts_rank_cd)', cutOff: 'kindest', find: anyWord },
  { name: 'BM25', cutOff: 'kindest', find: bm25 },
  { name: 'idf coverage', cutOff: CUT_OFF, find: coverage },
  { name: 'what ships, uncut', cutOff: CUT_OFF, find: (app, topics) => matched(app, topics, 0) },
  { name: 'what ships', cutOff: CUT_OFF, find: (app, topics) => matched(app, topics, CUT_OFF) },
  { name: 'what ships, as search', cutOff: CUT_OFF, find: searched },
];

async function meant(app: App, topics: string[]): Promise<Map<string, Scored[]>> {
  await embedPapers(app, { from: FIRST_DAY, to: ANY_DAY, limit: 1_000_000 });
  return matched(app, topics, CUT_OFF, await closeToTopics(app, app.db, topics.map(parsedOf), among));
}

async function matched(
  app: App,
  topics: string[],
  cutOff: number,
  close: Close[] = [],
): Promise<Map<string, Scored[]>> {
  const parsed = new Map(topics.map((topic) => [topic, parsedOf(topic)]));
  const found = await matches(app.db, { ...among, ways: waysOf([...parsed.values()]), cutOff, close });
  return new Map([...parsed].map(([topic, { query }]) => [topic, bestFirst(found.get(query) ?? [])]));
}

const bestFirst = (papers: Match[]): Scored[] =>
  papers
    .map(({ paperId, relevance }) => ({ id: paperId, score: relevance }))
    .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));

const [FIRST_DAY, ANY_DAY] = ['0001-01-01', '9999-12-31'];
const among = { date: ANY_DAY, candidates: listedCandidates(FIRST_DAY, ANY_DAY) };

async function searched(app: App, topics: string[]): Promise<Map<string, Scored[]>> {
  const found = new Map<string, Scored[]>();
  for (const topic of topics) {
    const { hits } = await searchPapers(app, parsedOf(topic), { limit: 5000 });
    found.set(
      topic,
      hits.map(({ id, relevance }) => ({ id, score: relevance })),
    );
  }
  return found;
}

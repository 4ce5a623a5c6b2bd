import type { EditionPaper } from '../editions/edition.ts';
import type { Day } from '../lib/day.ts';

/** One edition as one subscriber sees it. */
export type Digest = {
  date: Day;
  /** It is the week's. */
  weekly: boolean;
  /** The subscriber's topics as they wrote them, in their order. */
  topics: string[];
  /** Papers on the topics, best first. */
  papers: DigestPaper[];
  /** Papers outside the topics that are hot today. */
  trending: DigestPaper[];
  /** What the edition says about its sources, one sentence each. */
  notes: string[];
};

export type DigestPaper = {
  paper: EditionPaper;
  /** The topic that it stands for; null outside the topics. */
  topic: string | null;
  /** Facts, in the order of their weight: "“speculative decoding” in the title", "+41 votes since yesterday". */
  reasons: string[];
};

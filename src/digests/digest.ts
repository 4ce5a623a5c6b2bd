import type { Day } from '../lib/day.ts';

/** One edition as one subscriber sees it. Stored with the delivery, so that a repeat is the same message. */
export type Digest = {
  date: Day;
  /** The subscriber's topics, as canonical queries, in their order. */
  topics: string[];
  /** Papers on the topics, best first. */
  papers: DigestPaper[];
  /** Papers outside the topics that are hot today. */
  trending: DigestPaper[];
};

export type DigestPaper = {
  paper: PaperView;
  /** Facts, in the order of their weight: "'speculative decoding' in the title", "+41 votes since yesterday". */
  reasons: string[];
};

/** What a card shows of a paper in an edition. */
export type PaperView = {
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  /** Position by heat among the edition's papers, from 1. */
  rank: number;
  heat: number;
  votes: number;
  votesGained: number;
  comments: number;
  stars: number | null;
};

import type { Day } from '../lib/day.ts';

/** One day's frozen list of papers, hottest first. */
export type Edition = {
  date: Day;
  publishedAt: Date;
  /** From here on a subscriber's next hour brings this edition. */
  opensAt: Date;
  /** Facts about the sources that a reader should know, one sentence each. */
  notes: string[];
  papers: EditionPaper[];
};

/** A paper with its signals as they stood when the edition was made. */
export type EditionPaper = {
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  listedOn: Day;
  /** Position by heat among the edition's papers, from 1. */
  rank: number;
  heat: number;
  votes: number;
  /** Over the last 24 hours. */
  votesGained: number;
  comments: number;
  stars: number | null;
  starsGained: number;
};

/** Why a paper is on a topic. */
export type Match = {
  paperId: string;
  /** 0.5 (the cut-off) to 1. */
  relevance: number;
  /** The topic's words and phrases that the title or the source's keywords bear, as the reader wrote them. */
  inTitle: string[];
  /** Those that only the abstract bears. */
  inAbstract: string[];
};

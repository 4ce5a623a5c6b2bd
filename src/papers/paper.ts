import type { Day } from '../lib/day.ts';

export type SourceName = 'huggingface' | 'arxiv';

/** A paper as a source describes it, cleaned: white space collapsed, no line breaks, links https or http only. */
export type SourcePaper = {
  /** arXiv id without version: `2605.01234`, or `hep-th/9901001`. */
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  keywords: string[];
  categories: string[];
  publishedAt: Date | null;
  /** The day whose list bore it. */
  listedOn: Day;
  source: SourceName;
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  /** What was measured with it; arXiv measures nothing. */
  signal: Signal | null;
};

export type Signal = { votes: number; comments: number; stars: number | null };

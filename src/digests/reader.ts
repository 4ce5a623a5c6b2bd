import type { Day } from '../lib/day.ts';
import type { Match } from '../topics/relevance.ts';
import type { Taste } from './taste.ts';

/** Whom papers are chosen for: what they want. */
export type Reader = {
  topics: { id: string; query: string }[];
  maxPapers: number;
  /** Up to three hot papers outside the topics. */
  trending: boolean;
  /** 0: only relevance orders the papers of a topic, 1: only heat. */
  popularity: number;
  frequency: 'daily' | 'weekdays' | 'weekly';
};

/** What is known of them and of an edition. */
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

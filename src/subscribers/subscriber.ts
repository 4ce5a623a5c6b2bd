import type { Frequency, LetterKind, SubscriberStatus } from '../generated/enums.ts';
import type { ParsedTopic } from '../topics/topic.ts';

/** How and when a subscriber's digest comes. */
export type Preferences = {
  /** IANA name. */
  timeZone: string;
  /** Local hour of sending, 0 to 23. */
  sendHour: number;
  frequency: Frequency;
  /** 1 to 20. */
  maxPapers: number;
  /** Up to three trending papers outside the topics. */
  trending: boolean;
  /** 0: only relevance orders the papers of a topic, 1: only heat. */
  popularity: number;
};

/** What a reader asks for: topics and preferences. */
export type Wishes = { topics: ParsedTopic[]; preferences: Preferences };

/** Said to the reader: one thing that is wrong with one field. */
export type Problem = { field: string; message: string };

export const DEFAULTS: Preferences = {
  timeZone: 'UTC',
  sendHour: 8,
  frequency: 'daily',
  maxPapers: 10,
  trending: true,
  popularity: 0.5,
};

export const FREQUENCIES = ['daily', 'weekdays', 'weekly'] as const satisfies Frequency[];

/**
 * What signing up does to an address, by its state. Only whoever reads its mail may learn the state or change what a
 * confirmed reader chose, so the letters differ and the answer does not.
 */
export const ON_SIGN_UP: Record<SubscriberStatus, { replaces: boolean; letter: LetterKind | null }> = {
  pending: { replaces: true, letter: 'confirm' },
  active: { replaces: false, letter: 'already' },
  paused: { replaces: false, letter: 'already' },
  unsubscribed: { replaces: true, letter: 'confirm' },
  // By a bounce. Who complained or was erased does not come here.
  suppressed: { replaces: true, letter: 'confirm' },
};

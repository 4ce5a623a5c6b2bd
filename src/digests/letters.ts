import { legible } from './plain.ts';
import type { Rendered } from './render.ts';
import { loadTemplates } from './templates.ts';

/** The mails about the subscription itself. */
export type LetterKind =
  /** Asks whether the address is theirs. */
  | 'confirm'
  /** Says when the first digest comes. */
  | 'welcome'
  /** Somebody asked for a subscription with an address that has one. */
  | 'already'
  /** Says that the digests have ended, and for how long that can be undone. */
  | 'goodbye'
  /** Brings the link to the preferences to whoever has lost it. */
  | 'preferences';

/** Every letter's values; each template takes what it needs. */
export type LetterView = {
  topics: string[];
  /** Completes "Your first digest comes …", such as "on Thursday 7 May at 08:00 (Europe/Paris)". */
  nextDigest: string;
  /** For how many days a leaving can be undone. */
  undoDays: number;
  /** `undo` is empty in a letter to whoever has not left. */
  links: Record<'confirm' | 'preferences' | 'unsubscribe' | 'undo' | 'data' | 'site', string>;
};

/** A letter as the two parts of a mail and its subject. */
export async function renderLetter(kind: LetterKind, view: LetterView): Promise<Rendered> {
  const templates = await loadTemplates();
  const heads = HEADS[kind];
  const mail = templates[kind]({
    ...heads,
    topics: view.topics.slice(0, 50).map((topic) => legible(topic, 120)),
    nextDigest: legible(view.nextDigest, 100),
    undoDays: view.undoDays,
    links: view.links,
  });
  return { ...heads, ...mail };
}

const HEADS: Record<LetterKind, { subject: string; preheader: string }> = {
  confirm: {
    subject: 'Confirm your Paperboy subscription',
    preheader: 'One click and your daily digest of trending papers starts.',
  },
  welcome: {
    subject: 'Welcome to Paperboy',
    preheader: 'When your first digest comes, and how to change what is in it.',
  },
  already: {
    subject: 'You are subscribed to Paperboy already',
    preheader: 'Here is the link to change your topics and times.',
  },
  goodbye: {
    subject: 'You are unsubscribed from Paperboy',
    preheader: 'This is the last mail. If it was a slip, one press undoes it.',
  },
  preferences: {
    subject: 'Your link to your Paperboy preferences',
    preheader: 'It opens your topics and times without a password.',
  },
};

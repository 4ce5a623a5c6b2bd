import type { LetterKind } from '../generated/enums.ts';
import { legible } from './plain.ts';
import type { Rendered } from './render.ts';
import { loadTemplates } from './templates.ts';

type Wider = { query: string; papers: number; url: string };

/** Every letter's values; each template takes what it needs. */
export type LetterView = {
  topics: string[];
  /** Completes "Your first digest comes …", such as "on Thursday 7 May at 08:00 (Europe/Paris)". */
  nextDigest: string;
  /** For how many days a leaving can be undone. */
  undoDays: number;
  /** Topics that would have brought papers; `url` opens the preferences with them filled in. */
  wider?: { topics: Wider[]; url: string } | undefined;
  /** `undo` is empty in a letter to whoever has not left. */
  links: Record<'confirm' | 'preferences' | 'unsubscribe' | 'undo' | 'data' | 'site', string>;
};

/** A letter as the two parts of a mail and its subject. */
export async function renderLetter(kind: LetterKind, view: LetterView): Promise<Rendered> {
  const templates = await loadTemplates();
  const heads = HEADS[kind];
  const { wider = { topics: [], url: view.links.preferences } } = view;
  const mail = templates[kind]({
    ...heads,
    topics: view.topics.slice(0, 50).map((topic) => legible(topic, 120)),
    nextDigest: legible(view.nextDigest, 100),
    undoDays: view.undoDays,
    wider: { url: wider.url, topics: wider.topics.map(shown) },
    links: view.links,
  });
  return { ...heads, ...mail };
}

const shown = ({ query, papers, url }: Wider) => ({
  query: legible(query, 120),
  papers: papers === 1 ? '1 paper' : `${papers} papers`,
  url,
});

const HEADS: Record<LetterKind, { subject: string; preheader: string }> = {
  confirm: {
    subject: 'Confirm your Paperboy subscription',
    preheader: 'Open the page, press the button there, and your digests begin.',
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
  quiet: {
    subject: 'A quiet week on your topics',
    preheader: 'No paper was on them, so no digest came. Wider topics may bring some.',
  },
  preferences: {
    subject: 'Your link to your Paperboy preferences',
    preheader: 'It opens your topics and times without a password.',
  },
};

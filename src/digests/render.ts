import Handlebars from 'handlebars';
import { type Pieces, sizeOf, textOf } from '../lib/pieces.ts';
import { decode, encode } from '../lib/quoted-printable.ts';
import { encodedCard } from './cards.ts';
import type { Digest } from './digest.ts';
import { encodedFrame } from './frame.ts';
import { LEAST, ROOMS, type Room } from './room.ts';
import { loadTemplates, type Mail, type Templates } from './templates.ts';
import { type Links, viewOf } from './view.ts';

type Heads = { subject: string; preheader: string };
export type Rendered = Mail & Heads;
/** Both parts are in quoted-printable. */
export type Encoded = Record<keyof Mail, Pieces> & Heads;

export type Reader = { links: Links };

/** Gmail clips a message at about 102 KB, unsubscribe link and all. */
export const MOST_BYTES = 100_000;

/** A digest as the two parts of a mail and its subject. */
export const renderDigest = async (digest: Digest, reader: Reader): Promise<Rendered> =>
  decoded(await encodeDigest(digest, reader));

/** An encoded digest for whoever shows it. */
export const decoded = ({ html, text, ...heads }: Encoded): Rendered => ({
  ...heads,
  html: decode(textOf(html)),
  text: decode(textOf(text)),
});

/**
 * A digest as it travels: its parts are in quoted-printable. Every text is made inert and its LaTeX readable, and long
 * ones are shortened as far as it takes to keep the HTML within 100,000 bytes.
 *
 * Papers are the same for all readers, so their cards are made and encoded once in a process (cards.ts), and what stands
 * around them once for each of its few forms (frame.ts); a reader's own words go into the holes that these have.
 */
export async function encodeDigest(digest: Digest, { links }: Reader): Promise<Encoded> {
  const templates = await loadTemplates();
  for (const room of ROOMS) {
    const mail = attempt(templates, digest, links, room, 0);
    if (sizeOf(mail.html) <= MOST_BYTES) return mail;
  }
  // Hundreds of papers: as many as fit, and the number of the others.
  const total = digest.papers.length + digest.trending.length;
  for (let left = 1; ; left += Math.ceil((total - left) / 10)) {
    const mail = attempt(templates, digest, links, LEAST, left);
    if (sizeOf(mail.html) <= MOST_BYTES || left >= total) return mail;
  }
}

function attempt(templates: Templates, digest: Digest, links: Links, room: Room, left: number): Encoded {
  const all = [...digest.papers, ...digest.trending];
  const own = {
    preferences: encodedLink(links.preferences),
    unsubscribe: encodedLink(links.unsubscribe),
    browser: encodedLink(links.browser),
    taste: encodedLink(links.taste),
  };
  const shown = all
    .slice(0, all.length - left)
    .map((paper, index) =>
      encodedCard(templates, paper, index + 1, room, { site: links.site, taste: own.taste }),
    );
  const cards = {
    onTopics: shown.slice(0, digest.papers.length),
    trending: shown.slice(digest.papers.length),
  };
  const view = viewOf(digest, links, cards, { left, topic: room.topic });
  return { subject: view.subject, preheader: view.preheader, ...encodedFrame(templates, view, own) };
}

/** A reader's own, which stand in a mail many times. Most have nothing to escape. */
function encodedLink(url: string): Mail {
  const escaped = Handlebars.escapeExpression(url);
  const text = encode(url);
  return { html: escaped === url ? text : encode(escaped), text };
}

import { type EditionPaper, votesSinceYesterday } from '../editions/edition.ts';
import { link } from '../papers/text.ts';
import type { DigestPaper } from './digest.ts';
import { legible } from './plain.ts';
import type { Room } from './room.ts';

/** One paper as the templates show it: text only, nothing to escape and nothing to decide. */
export type Card = SharedCard & OwnCard & { mark: string };

/** What of a card is for those readers who get the paper for the same reasons. */
export type OwnCard = { topic: string; why: string };

/** What every reader who gets the paper sees alike. */
export type SharedCard = {
  title: string;
  authors: string;
  summary: string;
  facts: Fact[];
  /** The facts on one line, for the text part. */
  measured: string;
  url: string;
  /** The paper's id as a part of a web address. */
  path: string;
  links: { label: string; url: string }[];
  thumbnail: string;
};

/** "63 votes", and by how much it grew. */
type Fact = { what: string; gained: string };

/** `1.  `, as wide as the indentation of the text part. */
export const markOf = (number: number): string => `${number}. `.padEnd(4);

export function ownCard({ topic, reasons }: DigestPaper, room: Room): OwnCard {
  return {
    topic: topic === null ? '' : legible(topic, room.topic),
    why: reasons
      .slice(0, room.reasons)
      .map((reason) => legible(reason, room.reason))
      .filter(Boolean)
      .join(' · '),
  };
}

export function sharedCard(paper: EditionPaper, room: Room, site: string): SharedCard {
  const facts = factsOf(paper);
  const links = linksOf(paper, room.url);
  return {
    title: legible(paper.title, room.title) || paper.id,
    authors: authorsOf(paper.authors, room.author),
    summary: legible(paper.tldr ?? paper.abstract, room.summary),
    facts,
    measured: facts.map(({ what, gained }) => (gained ? `${what} (${gained})` : what)).join(' · '),
    url: links[0]?.url ?? '',
    path: pathOf(paper.id),
    links,
    // From our own site: a picture elsewhere would tell its host who reads what.
    thumbnail: room.thumbnail && paper.thumbnail ? `${site}/thumbnail/${pathOf(paper.id)}` : '',
  };
}

function authorsOf(authors: string[], most: number): string {
  const first = authors.slice(0, 3).map((name) => legible(name, most));
  const named = first.filter(Boolean).join(', ');
  return authors.length > first.length ? `${named} et al.` : named;
}

/** A place further down speaks for no paper. */
const LAST_PLACE = 20;

/** Zeros are left out: arXiv measures nothing. */
function factsOf(paper: EditionPaper): Fact[] {
  const { rank, votes, comments, stars, starsGained } = paper;
  return [
    rank <= LAST_PLACE ? { what: `#${rank} today`, gained: '' } : null,
    counted(votes, 'vote', votesSinceYesterday(paper)),
    counted(comments, 'comment', 0),
    counted(stars ?? 0, 'GitHub star', starsGained),
  ].filter((fact) => fact !== null);
}

const number = new Intl.NumberFormat('en-GB');

function counted(count: number, noun: string, gained: number): Fact | null {
  if (count <= 0) return null;
  return {
    what: `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`,
    gained: gained > 0 ? `+${number.format(gained)}` : '',
  };
}

function linksOf({ id, repository, projectPage }: EditionPaper, most: number): Card['links'] {
  const path = pathOf(id);
  return [
    { label: 'arXiv', url: `https://arxiv.org/abs/${path}` },
    { label: 'Hugging Face', url: `https://huggingface.co/papers/${path}` },
    { label: 'Code', url: webUrl(repository, most) },
    { label: 'Project', url: webUrl(projectPage, most) },
  ].flatMap(({ label, url }) => (url ? [{ label, url }] : []));
}

const pathOf = (id: string) => id.split('/').map(encodeURIComponent).join('/');

/** Null also when it is too long to be sent. */
function webUrl(text: string | null, most: number): string | null {
  const url = link(text);
  return url !== null && url.length <= most ? url : null;
}

import { html } from 'hono/html';
import type { App } from '../../app.ts';
import type { SentDigest } from '../../delivery/watch/recent.ts';
import type { DigestPaper } from '../../digests/digest.ts';
import { inert, legible } from '../../digests/plain.ts';
import { subjectOf } from '../../digests/subject.ts';
import type { EditionPaper } from '../../editions/edition.ts';
import { startOf } from '../../lib/day.ts';
import { urlOf } from '../../subscribers/links.ts';
import { type Html, webLink } from '../layout.ts';
import type { Entry } from './feed.ts';

/** In UTF-16 units. */
const TITLE = 300;
const SUMMARY = 400;
const ABSTRACT = 2000;

/** A paper, dated by its listing, so that it is one entry however long it trends; no number in it changes from day to day. */
export function paperEntry(baseUrl: string, paper: EditionPaper): Entry {
  const { id, title, authors, tldr, abstract, repository, projectPage, listedOn } = paper;
  const links = [
    ['PDF', `https://arxiv.org/pdf/${id}`],
    ['Hugging Face', `https://huggingface.co/papers/${id}`],
    ['Code', webLink(repository)],
    ['Project', webLink(projectPage)],
  ] as const;
  return {
    id: tagOf(baseUrl, `paper/${id}`),
    url: `https://arxiv.org/abs/${id}`,
    title: legible(title, TITLE) || id,
    updated: startOf(listedOn),
    authors: authors.slice(0, 20).map(inert).filter(Boolean),
    summary: legible(tldr ?? abstract, SUMMARY),
    content: html`${tldr ? html`<p><strong>${legible(tldr, SUMMARY)}</strong></p>` : ''}<p>${legible(abstract, ABSTRACT)}</p>
<p>${links.map(([label, url]) => (url ? html`<a href="${url}">${label}</a> ` : ''))}</p>`,
  };
}

/** A digest as it was sent: each paper with why it was chosen. */
export function digestEntry(app: App, { deliveryId, sentAt, digest }: SentDigest): Entry {
  const { papers, trending, notes } = digest;
  return {
    id: `urn:uuid:${deliveryId}`,
    url: urlOf(app, 'digest', deliveryId),
    title: subjectOf(digest),
    updated: sentAt,
    authors: [],
    summary: [...papers, ...trending].map(({ paper }) => legible(paper.title, TITLE)).join(' · '),
    content: html`${notes.map((note) => html`<p><em>${inert(note)}</em></p>`)}${list(papers)}
${trending.length > 0 ? html`<h2>Trending</h2>${list(trending)}` : ''}`,
  };
}

const list = (papers: DigestPaper[]): Html =>
  html`<ol>${papers.map(
    ({ paper: { id, title, authors, tldr, abstract }, reasons }) => html`<li>
<p><a href="https://arxiv.org/abs/${id}"><strong>${legible(title, TITLE)}</strong></a><br>${inert(authors.slice(0, 3).join(', '))}${authors.length > 3 ? ' et al.' : ''}</p>
<p>${legible(tldr ?? abstract, SUMMARY)}</p>
<p><em>${reasons.map(inert).join(' · ')}</em></p>
</li>`,
  )}</ol>`;

/** A name for good, whatever happens to addresses (RFC 4151). */
export const tagOf = (baseUrl: string, what: string): string =>
  `tag:${new URL(baseUrl).hostname},2026:${what}`;

import { html } from 'hono/html';
import { inWords } from '../../delivery/watch/in-words.ts';
import type { ReaderHistory } from '../../delivery/watch/reader-history.ts';
import { inert } from '../../digests/plain.ts';
import type { Html } from '../layout.ts';
import { adminFrame, minute } from './page.ts';

/** What became of everything that went to one address. */
export function readerPage({
  email,
  reader,
  suppression,
  deliveries,
  letters,
  feedback,
}: ReaderHistory): Html {
  return adminFrame(
    'A reader',
    html`<p class="facts"><a href="/admin">Overview</a></p>
<h2>${email}</h2>
${suppression ? html`<p class="warning">Suppressed ${suppression}${suppression === 'for good' ? html`: only <code>paperboy unsuppress</code> lifts it` : ''}.</p>` : ''}
${reader ? facts(reader) : html`<p>Nobody has subscribed with this address.</p>`}
${table(
  'Digests',
  ['edition', 'became', 'reason', 'papers', 'tries', 'settled'],
  deliveries.map((row) => [
    row.edition,
    row.status,
    inWords(row.reason ?? ''),
    row.papers,
    row.attempts,
    minute(row.settledAt),
  ]),
)}
${table(
  'Letters',
  ['written', 'kind', 'became', 'reason'],
  letters.map((row) => [minute(row.createdAt), row.kind, row.status, inWords(row.reason ?? '')]),
)}
${table(
  'What came back',
  ['received', 'kind', 'detail'],
  feedback.map((row) => [minute(row.receivedAt), row.kind, row.detail ?? '']),
)}`,
  );
}

const facts = (reader: NonNullable<ReaderHistory['reader']>): Html =>
  html`<table class="facts-table"><tbody>${[
    ['status', reader.status],
    ['digests', reader.when],
    ['signed up', minute(reader.createdAt)],
    ['confirmed', minute(reader.confirmedAt)],
    ...(reader.consent ? [['consent', inert(reader.consent)]] : []),
    ...(reader.unsubscribedAt ? [['left', minute(reader.unsubscribedAt)]] : []),
    ...(reader.softBounces > 0 ? [['soft bounces', reader.softBounces.toFixed(1)]] : []),
  ].map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>
<ul>${reader.topics.map((topic) => html`<li><bdi>${inert(topic)}</bdi></li>`)}</ul>`;

const table = (title: string, heads: string[], rows: (string | number)[][]): Html =>
  rows.length === 0
    ? html``
    : html`<section><h2>${title}</h2><div class="wide" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div></section>`;

import { html } from 'hono/html';
import { type Html, layout } from '../layout.ts';
import { fieldsOf } from './openapi.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** GET /api: the API for people to read, from the same schemas as /openapi.json. */
export const apiPage = (baseUrl: string): Html =>
  layout(
    { title: 'API', index: true },
    html`<article class="narrow docs">
<h1>API</h1>
<p>What the site shows, as JSON. Reading needs no key and may be done from any page. <a href="/openapi.json">openapi.json</a> describes it for programs.</p>
<ul>
<li>What is refused comes as problem details (RFC 9457), <code>application/problem+json</code>, with the fields that are wrong in <code>problems</code>.</li>
<li>Answers have an <code>ETag</code>: ask again with <code>If-None-Match</code>, and what has not changed costs nothing.</li>
<li>120 requests a minute. Beyond, 429 comes, and <code>Retry-After</code> tells how many seconds to wait.</li>
<li>Instead of asking again and again, follow a feed: <code>/feed.atom</code> or <code>/feed.json</code>, with <code>?topics=</code> and topics parted by <code>;</code> for what is on them.</li>
</ul>
${OPERATIONS.map((operation) => described(operation, baseUrl))}
</article>`,
  );

const described = (
  { method, path, title, says, pathParts, query, body, answer, refusals, example }: Operation,
  baseUrl: string,
) =>
  html`<section class="card" aria-labelledby="${idOf(method, path)}">
<h2 id="${idOf(method, path)}">${title}</h2>
<p><code>${method.toUpperCase()} ${path}</code></p>
<p>${says}</p>
${[pathParts, query, body].map((object) => (object ? fields(object) : ''))}
<pre tabindex="0" aria-label="Example"><code>${example.replace('SITE', baseUrl)}</code></pre>
<p class="hint">Answers ${answer.status}${refusals.length > 0 ? `, or ${[...refusals, 429].join(', ')} with what is wrong` : ''}.</p>
</section>`;

const idOf = (method: string, path: string) => `${method}${path.replace(/\W+/g, '-')}`;

const fields = (object: Parameters<typeof fieldsOf>[0]): Html =>
  html`<dl>${fieldsOf(object).map(
    ({ name, description, required, schema }) =>
      html`<dt><code>${name}</code>${required ? ' (needed)' : ''}</dt>
<dd>${description}${'default' in schema ? ` ${schema.default} unless told.` : ''}</dd>`,
  )}</dl>`;

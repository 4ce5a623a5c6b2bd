import { html } from 'hono/html';
import type { Choice } from '../../digests/choose.ts';
import type { DigestPaper } from '../../digests/digest.ts';
import { inert, legible } from '../../digests/plain.ts';
import { matchedBy } from '../../digests/reasons.ts';
import type { Edition } from '../../editions/edition.ts';
import type { Harvest, TopicHarvest } from '../../editions/harvest.ts';
import type { Neighbour } from '../../editions/neighbours.ts';
import { perDay, type Verdict, verdictOf } from '../../editions/verdict.ts';
import type { Day } from '../../lib/day.ts';
import type { Draft } from '../../subscribers/draft.ts';
import type { Html } from '../layout.ts';
import { count } from '../reading/paper.ts';
import { strip } from '../reading/strip.ts';

/** Which digest the panel shows: of which edition, for whom, and how it is called. */
export type Shown = {
  date: Day;
  title: string;
  /** A sentence below the title. */
  when?: string;
  subscriberId?: string;
  /** What is compared with: the papers that the wishes as they are stored bring. */
  saved?: Draft;
};

/** What the panel tells. */
export type Look = {
  draft: Draft;
  harvest: Harvest;
  near: Map<string, Neighbour[]>;
  shown: (Shown & { edition: Edition; choice: Choice; before: Choice | null }) | null;
};

/** The panel beside a reader's topics: what each would have brought, what is wrong with it, and a digest of them all. */
export function harvestView(draft: Draft, look: Look | null, action: string): Html {
  if (draft.lines.length === 0)
    return html`<p class="hint summary">Write a topic to see what it would bring.</p>`;
  const found = new Map(look?.harvest.topics.map((topic) => [topic.query, topic]));
  const seen = new Set<string>();
  return html`${look ? html`<p class="hint summary">${summary(look.harvest)}</p>` : ''}
<ul class="plain topics">${draft.lines.map(({ text, parsed }) => {
    if (!parsed.ok)
      return html`<li><p class="topic">${inert(text)}</p><p class="problem">${inert(parsed.problem)}</p></li>`;
    const { query } = parsed.topic;
    const its = found.get(query);
    if (seen.has(query))
      return html`<li><p class="topic">${inert(text)}</p><p class="hint">This is the same topic again.</p></li>`;
    seen.add(query);
    if (!its || !look)
      return html`<li><p class="topic">${inert(text)}</p><p class="hint">No papers have come in yet to tell.</p></li>`;
    return html`<li>${topicView(text, look.harvest, its, look.near.get(query) ?? [], action)}</li>`;
  })}</ul>
${look?.shown ? digestView(draft, look.shown) : ''}`;
}

function summary({ listed, topics }: Harvest): string {
  const total = topics.reduce((sum, topic) => sum + topic.total, 0);
  return `${count(topics.length, 'topic')}: ${rate(perDay({ listed }, { total }), total)}.`;
}

/** "about 3 papers a day", or for few "5 papers in 14 days". */
function rate(daily: number, total: number): string {
  if (total === 0) return 'nothing in 14 days';
  return daily < 1.5 ? `${count(total, 'paper')} in 14 days` : `about ${Math.round(daily)} papers a day`;
}

function topicView(
  text: string,
  harvest: Harvest,
  topic: TopicHarvest,
  near: Neighbour[],
  action: string,
): Html {
  const verdict = verdictOf(harvest, topic);
  const often = rate(perDay(harvest, topic), topic.total);
  return html`<div class="topic"><span>${inert(text)}</span>${strip(harvest.days, topic.found, `At most ${count(Math.max(...topic.found), 'paper')} on one of the last 14 days`)}</div>
<p class="hint">${capital(often)}.${ADVICE[verdict] ? html` <strong>${ADVICE[verdict]}</strong>` : ''}</p>
${topic.best.length > 0 ? html`<details><summary>Which, for example</summary><ul class="plain">${topic.best.map((paper) => html`<li><a href="https://arxiv.org/abs/${paper.paperId}">${legible(paper.title, 200)}</a><br><span class="hint">${legible(matchedBy({ query: topic.query, match: paper }, paper), 200)}</span></li>`)}</ul></details>` : ''}
${near.length > 0 ? html`<p class="near">${near.map((neighbour) => suggestion(text, neighbour, action))}</p>` : ''}`;
}

const ADVICE: Record<Verdict, string> = {
  silent: 'Too narrow, or said in other words than papers use.',
  rare: 'Rarely a digest would come.',
  good: '',
  broad: 'Too broad to tell papers apart; a digest takes the best of them.',
};

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Its button sends the form to the preview with the suggestion taken; the page's script does the same at once. */
function suggestion(text: string, { kind, query, total }: Neighbour, action: string): Html {
  const name = kind === 'beside' ? 'add' : 'swap';
  const value = kind === 'beside' ? query : `${text}\n${query}`;
  const words = { wider: 'Instead', narrower: 'Only', beside: 'Also' }[kind];
  return html`<button class="chip" type="submit" formaction="${action}#topics" formmethod="post" formnovalidate name="${name}" value="${value}">${words}: ${inert(query)} <span>${count(total, 'paper')}</span></button> `;
}

function digestView(
  draft: Draft,
  { title, when, date, choice, before, saved }: NonNullable<Look['shown']>,
): Html {
  const head = (words: string) => html`<summary><strong>${title}</strong>: ${words}</summary>
${when ? html`<p class="hint">${when}</p>` : ''}`;
  if ('silence' in choice)
    return html`<details open>${head('nothing')}
<p class="hint">${capital(choice.silence)}, and so no mail.</p></details>`;
  const { papers, trending } = choice.digest;
  const had = before && 'digest' in before ? [...before.digest.papers, ...before.digest.trending] : [];
  const hadIds = new Set(had.map(({ paper }) => paper.id));
  const nowIds = new Set([...papers, ...trending].map(({ paper }) => paper.id));
  const gone = had.filter(({ paper }) => !nowIds.has(paper.id));
  const item = ({ paper, reasons }: DigestPaper) =>
    html`<li><a href="https://arxiv.org/abs/${paper.id}">${legible(paper.title, 200)}</a>${saved && !hadIds.has(paper.id) ? html` <strong class="up">new</strong>` : ''}<br><span class="hint">${legible(reasons.join(' · '), 300)}</span></li>`;
  return html`<details ${saved ? 'open' : ''}>${head(count(papers.length + trending.length, 'paper'))}
<ol class="digest">${papers.map(item)}</ol>
${trending.length > 0 ? html`<p class="hint">And, trending outside your topics:</p><ol class="digest" start="${papers.length + 1}">${trending.map(item)}</ol>` : ''}
${gone.length > 0 ? html`<p class="hint">No longer in it: ${gone.map(({ paper }) => legible(paper.title, 120)).join('; ')}.</p>` : ''}
</details>
${saved ? '' : html`<p><a href="/preview?${mailOf(draft, date)}" target="_blank">See it as the mail it would be</a></p>`}`;
}

/** The address of the digest as a mail. */
function mailOf({ topics, preferences }: Draft, date: string): string {
  const { maxPapers, trending, popularity } = preferences;
  return new URLSearchParams({
    topics: topics.map(({ query }) => query).join('\n'),
    date,
    maxPapers: String(maxPapers),
    trending: trending ? 'yes' : 'no',
    popularity: String(popularity),
  }).toString();
}

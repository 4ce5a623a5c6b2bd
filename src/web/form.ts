import { html } from 'hono/html';
import { inert } from '../digests/plain.ts';
import type { Frequency } from '../generated/enums.ts';
import { DEFAULTS, FREQUENCIES, type Problem } from '../subscribers/subscriber.ts';
import type { Html } from './layout.ts';

/** What stands in a form's fields, as the reader left them. */
export type Filled = Partial<Record<string, string>>;

/** Fields as they were sent, right or wrong, for a form that is shown again. */
export function filled(fields: unknown): Filled {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(textOf).join('\n') : textOf(value),
    ]),
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value).split(/\r?\n/).map(inert).join('\n');
}

/** A field for robots, who fill in everything: out of sight and out of the way of keyboards and screen readers. */
export const TRAP = 'website';

/** The form that signs an address up. */
export const signUpForm = (values: Filled = {}, problems: Problem[] = []): Html => html`
<form class="card" method="post" action="/subscribe" id="sign-up">
${problemList(problems)}
${emailInput(values, problems)}
${wishInputs(values, problems)}
<div class="trap" aria-hidden="true"><label for="${TRAP}">Leave this empty</label><input id="${TRAP}" name="${TRAP}" tabindex="-1" autocomplete="off"></div>
<button type="submit">Sign up</button>
<p class="hint">You get one mail to confirm this. Every digest has a link that ends it at once.</p>
</form>`;

export const emailInput = (values: Filled, problems: Problem[]): Html =>
  input(
    'email',
    'Your e-mail address',
    html`<input id="email" name="email" type="email" autocomplete="email" required value="${values.email ?? ''}" ${described('email', problems)}>`,
    problems,
  );

/** The fields that sign-up and preferences have in common. */
export const wishInputs = (values: Filled, problems: Problem[]): Html => html`
${input(
  'topics',
  'Your topics, one on each line',
  html`<textarea id="topics" name="topics" rows="4" required spellcheck="false" autocapitalize="none" placeholder="speculative decoding&#10;&quot;world model&quot; -survey" ${described('topics', problems, 'topics-hint')}>
${values.topics ?? ''}</textarea>`,
  problems,
  html`Words, <code>"a phrase"</code>, <code>OR</code>, <code>-not this</code>, <code>cat:cs.CL</code>, <code>author:"Kaiming He"</code>. Up to 20 topics.`,
)}
<div class="row">
${input(
  'sendHour',
  'Hour',
  html`<select id="sendHour" name="sendHour" ${described('sendHour', problems)}>${options(HOURS, values.sendHour ?? String(DEFAULTS.sendHour))}</select>`,
  problems,
)}
${input(
  'timeZone',
  'Time zone',
  html`<select id="timeZone" name="timeZone" ${values.timeZone === undefined ? html`data-guess` : ''} ${described('timeZone', problems)}>${options(ZONES, values.timeZone ?? DEFAULTS.timeZone)}</select>`,
  problems,
)}
</div>
<details ${MORE.some((name) => problems.some(({ field }) => field === name)) ? 'open' : ''}>
<summary>How often, how many, which first</summary>
<div class="row">
${input(
  'frequency',
  'How often',
  html`<select id="frequency" name="frequency" ${described('frequency', problems)}>${options(OFTEN, values.frequency ?? DEFAULTS.frequency)}</select>`,
  problems,
)}
${input(
  'maxPapers',
  'At most',
  html`<select id="maxPapers" name="maxPapers" ${described('maxPapers', problems)}>${options(AMOUNTS, values.maxPapers ?? String(DEFAULTS.maxPapers))}</select>`,
  problems,
)}
</div>
${input(
  'popularity',
  'Which papers of a topic come first',
  html`<input id="popularity" name="popularity" type="range" min="0" max="1" step="0.05" value="${values.popularity ?? DEFAULTS.popularity}" ${described('popularity', problems)}>
<span class="ends" aria-hidden="true"><span>the best match</span><span>the most popular</span></span>`,
  problems,
)}
<div class="field tick">
<input type="hidden" name="trending" value="no">
<input id="trending" name="trending" type="checkbox" value="yes" ${(values.trending ?? 'yes') === 'yes' ? 'checked' : ''} ${described('trending', problems)}>
<label for="trending">Also up to three trending papers outside my topics</label>
${problemsOf('trending', problems)}
</div>
</details>`;

const MORE = ['frequency', 'maxPapers', 'popularity', 'trending'];

const HOURS = Array.from(
  { length: 24 },
  (_, hour) => [String(hour), `${String(hour).padStart(2, '0')}:00`] as const,
);
const WORDS: Record<Frequency, string> = {
  daily: 'Every day',
  weekdays: 'Monday to Friday',
  weekly: 'Once a week',
};
const OFTEN = FREQUENCIES.map((frequency) => [frequency, WORDS[frequency]] as const);
const AMOUNTS = Array.from(
  { length: 20 },
  (_, n) => [String(n + 1), n === 0 ? '1 paper' : `${n + 1} papers`] as const,
);

/** A value that is none of the choices stands among them all the same, so that a wrong form comes back as it was sent. */
function options(choices: readonly (readonly [string, string])[], chosen: string): Html {
  const all = choices.some(([value]) => value === chosen) ? choices : [[chosen, chosen] as const, ...choices];
  return html`${all.map(([value, text]) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${text}</option>`)}`;
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map(
  (zone) => [zone, zone.replaceAll('_', ' ')] as const,
);

/** A labelled field with its hint and, beside it, what is wrong with it. */
function input(name: string, label: string, control: Html, problems: Problem[], hint?: Html): Html {
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
${control}
${problemsOf(name, problems)}
</div>`;
}

/** Above the form: everything at once, each leading to its field. */
export function problemList(problems: Problem[]): Html {
  if (problems.length === 0) return html``;
  return html`<div class="problems" role="alert">
<p>Nothing was stored yet. Please mend this:</p>
<ul>${problems.map(({ field, message }) => html`<li><a href="#${field}">${inert(message)}</a></li>`)}</ul>
</div>`;
}

export function problemsOf(name: string, problems: Problem[]): Html {
  const own = problems.filter(({ field }) => field === name);
  if (own.length === 0) return html``;
  return html`<p class="problem" id="${name}-problem">${own.map(({ message }) => inert(message)).join(' ')}</p>`;
}

/** The attributes that tie a control to its hint and its problem. */
export function described(name: string, problems: Problem[], hint?: string): Html {
  const wrong = problems.some(({ field }) => field === name);
  const ids = [hint, wrong ? `${name}-problem` : undefined].filter((id) => id !== undefined);
  return html`${wrong ? html`aria-invalid="true"` : ''} ${ids.length > 0 ? html`aria-describedby="${ids.join(' ')}"` : ''}`;
}

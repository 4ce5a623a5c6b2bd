import { html } from 'hono/html';
import type { Frequency } from '../../generated/enums.ts';
import { DEFAULTS, FREQUENCIES, type Problem } from '../../subscribers/subscriber.ts';
import { described, type Filled, input, options, problemsOf } from '../form.ts';
import type { Html } from '../layout.ts';

/** The fields that sign-up and preferences have in common; `harvest` is the panel below the topics. */
export const wishInputs = (values: Filled, problems: Problem[], harvest: Html): Html => html`
${input(
  'topics',
  'Your topics, one on each line',
  html`<textarea id="topics" name="topics" rows="4" required spellcheck="false" autocapitalize="none" placeholder="speculative decoding&#10;&quot;world model&quot; -survey" ${described('topics', problems, 'topics-hint')}>
${values.topics ?? ''}</textarea>`,
  problems,
  html`Words, <code>"a phrase"</code>, <code>OR</code>, <code>-not this</code>, <code>cat:cs.CL</code>, <code>author:"Kaiming He"</code>. Up to 20 topics.`,
)}
${harvest}
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

/** Node names some zones as they were called long ago; a reader looks for the name of today. */
const TODAY = new Map([
  ['Africa/Asmera', 'Africa/Asmara'],
  ['America/Godthab', 'America/Nuuk'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Asia/Rangoon', 'Asia/Yangon'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Atlantic/Faeroe', 'Atlantic/Faroe'],
  ['Europe/Kiev', 'Europe/Kyiv'],
]);
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map(
  (zone) => [zone, (TODAY.get(zone) ?? zone).replaceAll('_', ' ')] as const,
);

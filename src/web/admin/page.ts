import { html } from 'hono/html';
import type { Accounting } from '../../delivery/watch/accounting.ts';
import { inWords } from '../../delivery/watch/in-words.ts';
import type { Trouble } from '../../delivery/watch/troubles.ts';
import type { Vitals } from '../../delivery/watch/vitals.ts';
import type { Late } from '../../editions/late.ts';
import type { Day } from '../../lib/day.ts';
import { SOURCE_NAMES } from '../../papers/paper.ts';
import { PENDING_DAYS } from '../../subscribers/confirm.ts';
import { type Html, layout } from '../layout.ts';
import type { Drawn, Plots } from './plots.ts';

export type Overview = {
  vitals: Vitals;
  troubles: Trouble[];
  late: Late | null;
  edition: {
    date: string;
    publishedAt: Date;
    papers: number;
    topics: number;
    notes: string[];
    bounced: number;
  } | null;
  ledger: Accounting | null;
  plots: Plots;
  /** Those that can be run again. */
  days: { from: Day; to: Day };
  /** The day that a form has just asked to be run again. */
  again: Day | null;
};

/** The state of the house on one page: what is wrong first, then today's run, then the last 90 days. */
export function overviewPage({
  vitals,
  troubles,
  late,
  edition,
  ledger,
  plots,
  days,
  again,
}: Overview): Html {
  const paused = vitals.sending.state === 'paused';
  return adminFrame(
    'Overview',
    html`${again ? html`<p class="said" role="status">${again} will be run again within a minute or a few; the queue tells when it is done, the log how it went.</p>` : ''}
${troubles.length === 0 ? html`<p class="said">All is well.</p>` : html`<div class="warning" role="alert"><ul>${troubles.map(({ text }) => html`<li>${text}</li>`)}</ul></div>`}
${paused ? html`<p class="warning">Sending is paused. No mail leaves until it is resumed.</p>` : ''}
<div class="tiles">
${tile('Readers', count(vitals.readers, 'active'), 'active')}
${tile('Sent', count(vitals.deliveries, 'sent'), edition ? `of the edition of ${edition.date}` : 'no edition yet')}
${tile('Waiting', vitals.waiting.count, vitals.waiting.count > 0 ? `the oldest for ${duration(vitals.waiting.oldestSeconds)}` : 'nothing waits')}
${tile('Complaints', share(vitals.week.complained, vitals.week.sent), 'of the week’s mails')}
${tile('Bounces', share(vitals.week.bounced, vitals.week.sent), 'of the week’s mails')}
</div>
<div class="panes">
<section><h2>The latest run</h2>${late ? html`<p class="note">${lateness(late)}</p>` : ''}
${edition && ledger ? funnel(edition, ledger, vitals) : html`<p>No edition is published yet.</p>`}</section>
<section><h2>Sources</h2>${sources(vitals)}
<h2>By hand</h2>${actions(days, paused)}</section>
</div>
<div class="panes">
${plot('Readers, by day', plots.readers, READERS_HINT)}
${plot('Deliveries, by edition', plots.deliveries)}
${plot('Complaints and bounces, of seven days’ mails', plots.rates)}
${plot('From composed to sent', plots.latency)}
${plot('Topics by readers', plots.topics)}
<section><h2>Queue</h2>${queue(vitals)}</section>
</div>`,
  );
}

export function adminFrame(title: string, main: Html): Html {
  return layout(
    { title: `Admin: ${title}`, style: 'admin.css' },
    html`<div class="admin"><header><h1>${title}</h1>
<form method="post" action="/admin/reader" class="inline"><label for="address" class="unseen">A reader’s address</label>
<input id="address" type="email" name="address" placeholder="A reader’s address" required><button class="quiet">History</button></form></header>
${main}</div>`,
  );
}

const count = (rows: { status: string; count: number }[], status: string) =>
  rows.find((row) => row.status === status)?.count ?? 0;

const number = (value: number) => value.toLocaleString('en-GB');

const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`);

const lateness = ({ due, why }: Late) =>
  why === null
    ? `The edition of ${due} is late: its sources are read, but it is not made.`
    : `The edition of ${due} is held. ${why}`;

const tile = (name: string, value: number | string, hint: string): Html =>
  html`<div class="tile"><h2>${name}</h2><p>${typeof value === 'number' ? number(value) : value}</p><p class="hint">${hint}</p></div>`;

function funnel(edition: NonNullable<Overview['edition']>, ledger: Accounting, vitals: Vitals): Html {
  const total = (status: string[]) =>
    ledger.rows.filter((row) => status.includes(row.status)).reduce((sum, row) => sum + row.count, 0);
  const steps: [name: string, value: number, colour: number][] = [
    ['active readers', count(vitals.readers, 'active'), 5],
    ['composed for', ledger.eligible, 1],
    ['sent', total(['sent']), 2],
    ['waiting', total(['queued', 'sending']), 3],
    ['skipped', total(['skipped']), 5],
    ['failed', total(['failed']), 4],
    ['bounced since', edition.bounced, 4],
  ];
  const most = Math.max(1, ...steps.map(([, value]) => value));
  const reasons = ledger.rows.filter(({ status, reason }) => reason && status !== 'sent');
  return html`<p class="facts">${edition.date} · ${number(edition.papers)} papers · ${number(edition.topics)} topics · published ${minute(edition.publishedAt)}</p>
${edition.notes.map((note) => html`<p class="note">${note}</p>`)}
<table class="funnel"><tbody>${steps.map(([name, value, colour]) => html`<tr><th scope="row">${name}</th><td>${number(value)}</td><td><meter class="plot-${colour}" min="0" max="${most}" value="${value}">${number(value)}</meter></td></tr>`)}</tbody></table>
${reasons.length > 0 ? html`<table><caption>By reason</caption><tbody>${reasons.map(({ status, reason, count }) => html`<tr><th scope="row">${status}</th><td>${inWords(reason ?? '')}</td><td class="number">${number(count)}</td></tr>`)}</tbody></table>` : ''}`;
}

const sources = ({ sources, due }: Vitals): Html =>
  html`<table><tbody>${sources.map(
    ({ name, ageSeconds, papers, error }) =>
      html`<tr><th scope="row">${SOURCE_NAMES[name]}</th><td>${ageSeconds === null ? 'never read' : `read ${duration(ageSeconds)} ago`}${papers === null ? '' : `, ${number(papers)} papers on ${due.date}`}${error ? html`<br><span class="bad">The last try failed. ${error}</span>` : ''}</td></tr>`,
  )}</tbody></table>`;

const actions = ({ from, to }: Overview['days'], paused: boolean): Html =>
  html`<form method="post" action="/admin/${paused ? 'resume' : 'pause'}"><button class="quiet">${paused ? 'Resume sending' : 'Pause sending'}</button></form>
<form method="post" action="/admin/day" class="inline"><label for="date">Read and publish the day</label>
<input id="date" type="date" name="date" min="${from}" max="${to}" value="${to}" required><button class="quiet">Run again</button></form>
<p class="hint">An edition that was sent from stays as it is; readers who lack it get it at their hour. Nobody gets one twice.</p>`;

const queue = ({ queues }: Vitals): Html =>
  html`<table><thead><tr><th scope="col">Jobs</th><th scope="col" class="number">ready</th><th scope="col" class="number">later</th><th scope="col" class="number">running</th><th scope="col" class="number">failed</th><th scope="col" class="number">oldest</th></tr></thead>
<tbody>${queues.map(({ name, ready, later, active, failed, oldestSeconds }) => html`<tr><th scope="row">${name}</th><td class="number">${number(ready)}</td><td class="number">${number(later)}</td><td class="number">${number(active)}</td><td class="number${failed > 0 ? ' bad' : ''}">${number(failed)}</td><td class="number">${ready > 0 ? duration(oldestSeconds) : '–'}</td></tr>`)}</tbody></table>
<p class="hint">Failed: in the last day, after every try. Nothing is lost with them: the clock queues each step again, and settling hands out what mail they left behind.</p>`;

const plot = (title: string, { legend, svg }: Drawn, hint = ''): Html =>
  html`<section><h2>${title}</h2>
${legend.length > 0 ? html`<ul class="legend">${legend.map(({ name, colour }) => html`<li class="plot-${colour}">${name}</li>`)}</ul>` : ''}
${svg}${hint ? html`<p class="hint">${hint}</p>` : ''}</section>`;

const READERS_HINT = `Of those who are known still: a sign-up that nobody confirms is forgotten after ${PENDING_DAYS} days, and an erased reader at once.`;

export const minute = (instant: Date | null): string =>
  instant === null ? '–' : `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

import { html } from 'hono/html';
import { inert } from '../digests/plain.ts';
import type { Problem } from '../subscribers/subscriber.ts';
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

/** Enter in a field presses the first button of its form: this one, out of sight, rather than the panel's. */
export const defaultButton = (words: string): Html =>
  html`<div class="trap" aria-hidden="true"><button type="submit" tabindex="-1">${words}</button></div>`;

export const emailInput = (values: Filled, problems: Problem[]): Html =>
  input(
    'email',
    'Your e-mail address',
    html`<input id="email" name="email" type="email" autocomplete="email" required value="${values.email ?? ''}" ${described('email', problems)}>`,
    problems,
  );

/** A value that is none of the choices stands among them all the same, so that a wrong form comes back as it was sent. */
export function options(choices: readonly (readonly [string, string])[], chosen: string): Html {
  const all = choices.some(([value]) => value === chosen) ? choices : [[chosen, chosen] as const, ...choices];
  return html`${all.map(([value, text]) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${text}</option>`)}`;
}

/** A labelled field with its hint and, beside it, what is wrong with it. */
export function input(name: string, label: string, control: Html, problems: Problem[], hint?: Html): Html {
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

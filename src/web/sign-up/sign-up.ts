import { html } from 'hono/html';
import type { Problem } from '../../subscribers/subscriber.ts';
import { defaultButton, emailInput, type Filled, problemList } from '../form.ts';
import { type Html, layout } from '../layout.ts';
import { harvestSlot } from './harvest-slot.ts';
import { wishInputs } from './wish-inputs.ts';

/** A field for robots, who fill in everything: out of sight and out of the way of keyboards and screen readers. */
export const TRAP = 'website';

/** The form that signs an address up. */
export const signUpForm = (values: Filled = {}, problems: Problem[] = [], panel?: Html): Html => html`
<form class="card" method="post" action="/subscribe" id="sign-up">
${defaultButton('Sign up')}
${problemList(problems)}
${emailInput(values, problems)}
${wishInputs(values, problems, harvestSlot(SOURCES, panel))}
<div class="trap" aria-hidden="true"><label for="${TRAP}">Leave this empty</label><input id="${TRAP}" name="${TRAP}" tabindex="-1" autocomplete="off"></div>
<button type="submit">Sign up</button>
<p class="hint">You get one mail to confirm this. Every digest has a link that ends it at once.</p>
</form>`;

const SOURCES = { source: '/preview/topics', action: '/subscribe/preview' };

/** A page of the form alone: with what is wrong with it, or with the panel that was asked for. */
export const signUpPage = (values: Filled, problems: Problem[], panel?: Html): Html =>
  layout(
    { title: 'Sign up' },
    html`<article class="desk"><h1>Sign up</h1>${signUpForm(values, problems, panel)}</article>`,
  );

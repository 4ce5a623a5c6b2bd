import { setTimeout as wait } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { App } from '../../app.ts';
import { parseSignUp, type SignUp, subscribe } from '../../subscribers/subscribe.ts';
import { filled } from '../form.ts';
import { answer, readInput } from '../input.ts';
import { notice } from '../layout.ts';
import { limitAddress } from '../limits.ts';
import { signUpPage, TRAP } from './sign-up.ts';

/** POST /subscribe: the same answer for every address that is one, whatever its state. A GET leads to the form. */
export function subscribeRoutes(app: App): Hono {
  return new Hono()
    .get('/subscribe', (context) => context.redirect('/#sign-up', 303))
    .post('/subscribe', signingUp(app));
}

/** Takes a sign-up of a form or of JSON; the API has it too. */
export function signingUp(app: App): (context: Context) => Promise<Response> {
  const tooManyFor = limitAddress(app);
  return async (context) => {
    const input = await readInput(context);
    if (input.ok && isTrapped(input.fields)) {
      await wait(EVEN_MS);
      return accepted(context);
    }
    const parsed = input.ok ? parseSignUp(input.fields) : input;
    const refusal = parsed.ok ? await tooManyFor(context, parsed.signUp.address.key) : null;
    if (refusal) return refusal;
    const outcome = parsed.ok ? await subscribeEvenly(app, parsed.signUp) : parsed;
    if (outcome.ok) return accepted(context);
    const { problems } = outcome;
    const values = input.ok ? filled(input.fields) : {};
    return answer(context, 400, { json: { problems }, page: signUpPage(values, problems) });
  };
}

/** No person sees the field, so who fills it in is a robot: it is answered like everybody, and nothing is stored. */
const isTrapped = (fields: unknown) => Boolean(filled(fields)[TRAP]);

const accepted = (context: Context) =>
  answer(context, 202, { json: { message: WORDS }, page: notice('Look into your inbox', WORDS) });

/** Longer than signing up takes (8 ms for a suppressed address, 15 for a new one), so that the time tells nothing either. */
export const EVEN_MS = 100;

async function subscribeEvenly(app: App, signUp: SignUp) {
  const [outcome] = await Promise.all([subscribe(app, signUp), wait(EVEN_MS)]);
  return outcome;
}

const WORDS =
  'If we may write to this address, a mail is on its way to it. Open the page that it leads to, press the button there, ' +
  'and the digests begin. If nothing arrives, look into the spam folder, or for an earlier mail of ours: we write no more ' +
  'than once a day.';

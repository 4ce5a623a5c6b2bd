import type { Context } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { App } from '../app.ts';
import { same } from '../lib/same.ts';
import { clientOf } from './client.ts';
import { refuse } from './input.ts';

/** Wrong tokens from one client, and how many seconds it is then shut out. */
const TRIES = { points: 10, duration: 900 };

/**
 * A door that a token opens, as a bearer token or as the password of basic authentication. Gives null to whom it lets
 * in, else the answer. Whoever guesses is shut out for a while, with the right token too.
 */
export function door(
  app: App,
  setting: 'ADMIN_TOKEN' | 'METRICS_TOKEN',
  token: string | undefined,
): (context: Context) => Promise<Response | null> {
  const wrong = new RateLimiterMemory({ ...TRIES, keyPrefix: setting });
  return async (context) => {
    const client = clientOf(app, context) ?? 'nobody';
    const tried = await wrong.get(client);
    if (tried && tried.consumedPoints >= TRIES.points) {
      context.header('Retry-After', String(Math.ceil(tried.msBeforeNext / 1000)));
      return refuse(context, 429, 'Too many wrong passwords', 'Please come back in a quarter of an hour.');
    }
    const given = passwordIn(context);
    if (token && same(given, token)) return null;
    if (given !== '') {
      await wrong.consume(client).catch(() => {});
      app.log.warn({ setting }, 'a wrong password');
    }
    context.header('WWW-Authenticate', 'Basic realm="Paperboy", charset="UTF-8"');
    return context.text(`The password is ${setting}, with any name.`, 401);
  };
}

function passwordIn({ req }: Context): string {
  const [scheme = '', value = ''] = (req.header('authorization') ?? '').split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return '';
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

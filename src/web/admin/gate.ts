import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { App } from '../../app.ts';
import { clientOf } from '../client.ts';
import { refuse } from '../input.ts';

/** Wrong passwords from one client, and how long it is then shut out. */
const TRIES = { points: 10, duration: 900 };

/**
 * Lets the operator in: by ADMIN_TOKEN, as the password of basic authentication or as a bearer token, or by the header
 * that a reverse proxy sets for whom it has let in. Where neither is set there are no such pages. A form must come from
 * these pages themselves: a browser sends the password along with whatever another site has it send.
 */
export function adminGate(app: App): MiddlewareHandler {
  const { token, proxyHeader } = app.config.admin;
  const wrong = new RateLimiterMemory({ ...TRIES, keyPrefix: 'admin' });
  return async (context, next) => {
    if (!token && !proxyHeader) return context.notFound();
    // A page's own forms must tell where they come from, which the site's policy forbids.
    context.header('Referrer-Policy', 'same-origin');
    context.header('X-Robots-Tag', 'noindex');
    const client = clientOf(app, context) ?? 'nobody';
    const tried = await wrong.get(client);
    if (tried && tried.consumedPoints >= TRIES.points) {
      context.header('Retry-After', String(Math.ceil(tried.msBeforeNext / 1000)));
      return refuse(context, 429, 'Too many wrong passwords', 'Please come back in a quarter of an hour.');
    }
    if (!byProxy(app, context) && !(token && same(passwordIn(context), token))) {
      if (passwordIn(context) !== '') {
        await wrong.consume(client).catch(() => {});
        app.log.warn({}, 'a wrong password for the admin pages');
      }
      context.header('WWW-Authenticate', 'Basic realm="Paperboy", charset="UTF-8"');
      return context.text('The password is ADMIN_TOKEN, with any name.', 401);
    }
    if (context.req.method === 'POST' && !isOwnForm(context))
      return refuse(context, 403, 'This form is not ours', 'Send it from the admin pages themselves.');
    return next();
  };
}

/** The header counts only from a proxy that is trusted; anybody else could write it. */
function byProxy({ config }: App, { req, env }: Context): boolean {
  const { proxyHeader } = config.admin;
  const remote = (env as Partial<HttpBindings> | undefined)?.incoming?.socket?.remoteAddress;
  return Boolean(proxyHeader && remote && req.header(proxyHeader) && config.trustProxy(remote, 0));
}

function passwordIn({ req }: Context): string {
  const [scheme = '', value = ''] = (req.header('authorization') ?? '').split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return '';
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** In constant time, whatever the lengths. */
const same = (given: string, token: string) => timingSafeEqual(digest(given), digest(token));

function isOwnForm({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.header('origin');
  // Programs send neither; what a browser sends without Sec-Fetch-Site has an Origin.
  if (origin === undefined) return true;
  const host = req.header('host') ?? new URL(req.url).host;
  return URL.parse(origin)?.host === host;
}

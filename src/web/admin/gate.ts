import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { App } from '../../app.ts';
import { door } from '../door.ts';
import { refuse } from '../input.ts';

/**
 * Lets the operator in: by ADMIN_TOKEN, as the password of basic authentication or as a bearer token, or by the header
 * that a reverse proxy sets for whom it has let in. Where neither is set there are no such pages. A form must come from
 * these pages themselves: a browser sends the password along with whatever another site has it send.
 */
export function adminGate(app: App): MiddlewareHandler {
  const { token, proxyHeader } = app.config.admin;
  const byToken = door(app, 'ADMIN_TOKEN', token);
  return async (context, next) => {
    if (!token && !proxyHeader) return context.notFound();
    // A page's own forms must tell where they come from, which the site's policy forbids.
    context.header('Referrer-Policy', 'same-origin');
    context.header('X-Robots-Tag', 'noindex');
    const refusal = byProxy(app, context) ? null : await byToken(context);
    if (refusal) return refusal;
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

function isOwnForm({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.header('origin');
  // Programs send neither; what a browser sends without Sec-Fetch-Site has an Origin.
  if (origin === undefined) return true;
  const host = req.header('host') ?? new URL(req.url).host;
  return URL.parse(origin)?.host === host;
}

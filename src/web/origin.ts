import type { MiddlewareHandler } from 'hono';
import type { App } from '../app.ts';
import { refuse } from './input.ts';

/**
 * Takes no form that another site had a visitor's browser send. No cookie or password makes our forms dangerous that way:
 * what a form may do is in its token, and who has that can send it himself. But a much-visited page could sign strangers
 * up from its visitors' addresses, past all limits. So a form is refused whose browser says that it is of another site:
 * by Sec-Fetch-Site, else by Origin. `Origin: null` says nothing, since our own forms have it (Referrer-Policy:
 * no-referrer); programs send neither header and are limited like everybody. JSON needs no check: a foreign page may not
 * send it without asking first (CORS), and we never agree.
 *
 * Free are one-click unsubscribing, which webmail may send from its own pages (RFC 8058), and webhooks, which are signed.
 */
export function refuseForeignForms({ config }: App): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    if (req.method !== 'POST' || FREE.test(req.path)) return next();
    const own = [new URL(config.baseUrl).origin, new URL(req.url).origin];
    if (isForeign(req.header('sec-fetch-site'), req.header('origin'), own))
      return refuse(
        context,
        403,
        'This form is not ours',
        `Open ${config.baseUrl} itself and send it from there.`,
      );
    return next();
  };
}

const FREE = /^\/(unsubscribe|webhooks)\//;

function isForeign(site: string | undefined, origin: string | undefined, own: string[]): boolean {
  if (site !== undefined) return site === 'cross-site';
  return origin !== undefined && origin !== 'null' && !own.includes(origin);
}

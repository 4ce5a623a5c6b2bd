import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';

/**
 * What a proxy or a browser may keep, and for how long; all else is for one reader, and kept by nobody. What is public
 * has an ETag, so that asking again is cheap, and is compressed; a page with a token is not, for its length would tell
 * something of its text. A route that sets Cache-Control itself is left to it.
 */
export const caching: MiddlewareHandler = async (context, next) => {
  const rule = PUBLIC.find(([paths]) => paths.test(context.req.path))?.[1];
  if (rule === undefined || !READING.includes(context.req.method)) {
    await next();
    return keep(context, 'no-store');
  }
  return compressed(context, async () => {
    await next();
    keep(context, context.res.ok || context.res.status === 304 ? rule : 'no-store');
  });
};

const READING = ['GET', 'HEAD'];
const compressed = every(compress(), etag());

function keep(context: Context, rule: string): void {
  if (!context.res.headers.has('Cache-Control')) context.res.headers.set('Cache-Control', rule);
}

/** An edition comes once a day, so a minute late is early enough; a source that is down does not empty the page. */
const PUBLIC: [RegExp, string][] = [
  [
    /^\/(search|archive|about)?$|^\/(api|week|month)\b/,
    'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
  ],
  [
    /^\/feed\.(atom|json)$|^\/preview$/,
    'public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400',
  ],
  [/^\/openapi\.json$|^\/robots\.txt$|^\/[\w-]+\.(css|js|svg)$/, 'public, max-age=3600'],
];

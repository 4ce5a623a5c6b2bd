import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';

/** The stylesheet, the script and the icon, read once at start; a page names each by `assetUrl`. */
export function assetRoutes(): Hono {
  const routes = new Hono();
  for (const [name, { type, body, version }] of assets) {
    routes.get(`/${name}`, compress(), etag(), (context) => {
      // The address of another version must not keep this one for a year.
      const known = context.req.query('v') === version;
      return context.body(body, 200, {
        'Content-Type': type,
        'Cache-Control': known ? 'public, max-age=31536000, immutable' : 'public, max-age=600',
        ETag: `"${version}"`,
      });
    });
  }
  // Browsers ask for it where a page names no icon, as a mail does not.
  routes.get('/favicon.ico', (context) => context.redirect(assetUrl('icon.svg'), 301));
  return routes;
}

/** Where a browser finds an asset: an address that changes with its bytes, to be kept for good. */
export const assetUrl = (name: AssetName): string => `/${name}?v=${assets.get(name)?.version}`;

const TYPES = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Each is made of these files, one after the other. */
const FILES = {
  'style.css': [
    'style/base.css',
    'style/papers.css',
    'style/forms.css',
    'style/taste.css',
    'style/print.css',
  ],
  'admin.css': ['style/admin.css'],
  'site.js': ['zone.js', 'harvest.js'],
  'icon.svg': ['icon.svg'],
} satisfies Record<`${string}.${keyof typeof TYPES}`, string[]>;

export type AssetName = keyof typeof FILES;

/** A stylesheet without its comments and indents; no string in ours has any to lose. */
const compact = (css: string): string =>
  css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':');

const assets = new Map(
  Object.entries(FILES).map(([name, files]) => {
    const text = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
    const body = name.endsWith('.css') ? compact(text) : text;
    const version = createHash('sha256').update(body).digest('base64url').slice(0, 12);
    const type = TYPES[name.split('.').at(-1) as keyof typeof TYPES];
    return [name, { type, body, version }];
  }),
);

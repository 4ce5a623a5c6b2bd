import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

/** The stylesheet, the one script and the icon, read once at start. */
export function assetRoutes(): Hono {
  const routes = new Hono();
  for (const [name, type] of Object.entries(ASSETS)) {
    const body = readFileSync(new URL(name, import.meta.url), 'utf8');
    routes.get(`/${name}`, (context) =>
      context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=600' }),
    );
  }
  return routes;
}

const ASSETS = {
  'style.css': 'text/css; charset=utf-8',
  'zone.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

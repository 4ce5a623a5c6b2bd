import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { App } from '../app.ts';
import { adminRoutes } from './admin/admin.ts';
import { apiRoutes } from './api/api.ts';
import { assetRoutes } from './assets.ts';
import { caching } from './caching.ts';
import { feedRoutes } from './feeds/feeds.ts';
import { securityHeaders } from './headers.ts';
import { health } from './health.ts';
import { refuse } from './input.ts';
import { keptPages } from './kept.ts';
import { limitClients } from './limits.ts';
import { refuseForeignForms } from './origin.ts';
import { dataRoutes } from './reader/data.ts';
import { lostLinkRoutes } from './reader/lost-link.ts';
import { preferencesRoutes } from './reader/preferences.ts';
import { resubscribeRoutes } from './reader/resubscribe.ts';
import { tasteRoutes } from './reader/taste.ts';
import { unsubscribeRoutes } from './reader/unsubscribe.ts';
import { aboutRoutes } from './reading/about.ts';
import { archiveRoutes } from './reading/archive.ts';
import { digestRoutes } from './reading/digest.ts';
import { searchRoutes } from './reading/search.ts';
import { spanRoutes } from './reading/spans.ts';
import { thumbnailRoutes } from './reading/thumbnail.ts';
import { todayRoutes } from './reading/today.ts';
import { confirmRoutes } from './sign-up/confirm.ts';
import { harvestRoutes } from './sign-up/harvest.ts';
import { subscribeRoutes } from './sign-up/subscribe.ts';
import { webhookRoutes } from './webhooks.ts';

/** All pages, as one function from request to response. A GET or HEAD changes nothing: mail scanners follow every link. */
export function createWeb(app: App): Hono {
  const web = new Hono();
  const reading: App = { ...app, db: app.reader };
  const keep = keptPages(app);
  const { routes: healthRoutes, measure } = health(app);
  web.use(
    measure,
    securityHeaders(app),
    caching,
    limitUrl,
    limitClients(app),
    refuseForeignForms(app),
    limitBody,
  );
  for (const routes of [
    healthRoutes,
    assetRoutes(),
    aboutRoutes(),
    todayRoutes(reading, keep),
    spanRoutes(reading),
    searchRoutes(reading),
    archiveRoutes(reading),
    thumbnailRoutes(reading),
    subscribeRoutes(app),
    harvestRoutes(app),
    confirmRoutes(app),
    preferencesRoutes(app),
    tasteRoutes(app),
    unsubscribeRoutes(app),
    resubscribeRoutes(app),
    dataRoutes(app),
    lostLinkRoutes(app),
    digestRoutes(app),
    apiRoutes(app, reading, keep),
    feedRoutes(reading),
    webhookRoutes(app),
    adminRoutes(app),
  ])
    web.route('/', routes);
  web.get('/robots.txt', (context) => context.text(ROBOTS));
  web.notFound((context) =>
    refuse(context, 404, 'There is no such page', 'The address may be mistyped, or the page is gone.'),
  );
  web.onError((error, context) => {
    app.log.error({ err: error }, 'request failed');
    return refuse(
      context,
      500,
      'Something went wrong',
      'It is our fault and has been noted. Please try again.',
    );
  });
  return web;
}

/** Search engines get the pages about papers; what bears a token is nobody's but the reader's. */
const ROBOTS = `User-agent: *
Disallow: /api/
Disallow: /preview
Disallow: /search
${['confirm', 'preferences', 'unsubscribe', 'digest', 'taste', 'feed'].map((page) => `Disallow: /${page}/`).join('\n')}
`;

/** Characters: twenty long topics in a preview, percent-encoded. Node itself refuses a request line and headers over 16 KB. */
const LONGEST_URL = 8000;

const limitUrl: MiddlewareHandler = async (context, next) => {
  if (context.req.url.length <= LONGEST_URL) return next();
  return refuse(context, 414, 'This address is too long', `It has at most ${LONGEST_URL} characters here.`);
};

const atMost = (kilobytes: number) =>
  bodyLimit({
    maxSize: kilobytes * 1024,
    onError: (context) =>
      refuse(context, 413, 'This is too much at once', `A request has at most ${kilobytes} KB.`),
  });
const ofReaders = atMost(64);
/** They send many events at once. */
const ofProviders = atMost(1024);

const limitBody: MiddlewareHandler = (context, next) =>
  (context.req.path.startsWith('/webhooks/') ? ofProviders : ofReaders)(context, next);

export type Listening = {
  port: number;
  /** Takes no new connection and waits for the requests in flight, `seconds` at most. */
  close: (seconds?: number) => Promise<void>;
};

/**
 * Serves the pages on HOST and PORT. A client may take `patienceMs` for all of a request, and is cut off after.
 * @throws when the port is taken (EADDRINUSE).
 */
export async function listen(app: App, { patienceMs = 20_000 } = {}): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: createWeb(app).fetch,
    serverOptions: {
      headersTimeout: Math.min(10_000, patienceMs),
      requestTimeout: patienceMs,
      connectionsCheckingInterval: Math.min(1_000, patienceMs),
      // Longer than the minute for which a proxy in front keeps its connections.
      keepAliveTimeout: 65_000,
    },
  }) as Server;
  server.maxConnections = 5_000;
  server.listen(app.config.port, app.config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  app.log.info({ host: app.config.host, port }, 'listening');
  return { port, close: (seconds = 10) => shut(server, seconds) };
}

async function shut(server: Server, seconds: number): Promise<void> {
  const closed = once(server, 'close');
  const impatience = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  server.close();
  // A connection that has its last answer would be kept for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(sweep);
  clearTimeout(impatience);
}

import { createHmac } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPrisma,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { App } from '../app.ts';
import { clientOf, comesThroughStranger } from './client.ts';
import { refuse } from './input.ts';

/**
 * How often may be asked, so that nobody takes the site from the others or has it write to strangers. What is only read
 * is counted in the memory of each process and costs the database nothing; what may end in a mail is counted in Postgres,
 * for all processes together.
 */
const LIMITS = {
  /** Anything, by client; a page may bring some fifty pictures with it. */
  request: { points: 1200, duration: 60 },
  /** What has the database search, by client. */
  query: { points: 120, duration: 60 },
  /** What has us write a mail, by client. */
  mail: { points: 30, duration: 3600 },
  /** The same, by the address that it goes to. */
  address: { points: 5, duration: 3600 },
};

const QUERIES = /^\/(search|preview|subscribe\/preview|api(?!\/subscriptions)|feed)\b/;
const MAILS = /^\/(subscribe|lost-link|api\/subscriptions)$/;
/**
 * Never refused: whoever watches the service, assets, a provider's webhooks, and leaving by one click, which the few
 * machines of a mail provider do for many readers at once.
 */
const FREE = /^\/(healthz|readyz|metrics)$|^\/(unsubscribe|webhooks)\/|^\/[\w-]+\.(css|js|svg|png)$/;

/** Answers 429 to a client that asks too much, before anything else is done for it. */
export function limitClients(app: App): MiddlewareHandler {
  const requests = new RateLimiterMemory({ ...LIMITS.request, keyPrefix: 'request' });
  const queries = new RateLimiterMemory({ ...LIMITS.query, keyPrefix: 'query' });
  const mails = inPostgres(app, 'mail');
  let warned = false;
  return async (context, next) => {
    const { path, method } = context.req;
    const client = clientOf(app, context);
    if (client === null || FREE.test(path)) return next();
    if (!warned && comesThroughStranger(app, context)) {
      warned = true;
      app.log.warn(
        {},
        'X-Forwarded-For comes from an address that TRUST_PROXY does not name: all behind it count as one client',
      );
    }
    const limiters = [
      requests,
      ...(QUERIES.test(path) ? [queries] : []),
      ...(method === 'POST' && MAILS.test(path) ? [mails] : []),
    ];
    for (const limiter of limiters) {
      const wait = await waitOf(limiter, hashed(app, client));
      if (wait !== null) return tooMany(context, wait);
    }
    return next();
  };
}

/** The answer to one sign-up too many for the address, whoever asks and whatever its state; null when there may be another. */
export function limitAddress(app: App): (context: Context, address: string) => Promise<Response | null> {
  const addresses = inPostgres(app, 'address');
  return async (context, address) => {
    if (clientOf(app, context) === null) return null;
    const wait = await waitOf(addresses, hashed(app, address));
    return wait === null ? null : tooMany(context, wait);
  };
}

/** Who is over the limit is remembered in memory for the rest of the time, so that a flood is not written down. */
const inPostgres = ({ db }: App, name: keyof typeof LIMITS) =>
  new RateLimiterPrisma({
    ...LIMITS[name],
    keyPrefix: name,
    storeClient: db,
    tableName: 'limit',
    inMemoryBlockOnConsumed: LIMITS[name].points + 1,
  });

/** Seconds until there may be another; null at once. */
async function waitOf(limiter: RateLimiterAbstract, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw refusal;
  }
}

const hashed = ({ secrets: [secret = ''] }: App, who: string) =>
  createHmac('sha256', secret).update(`paperboy limit\0${who}`).digest('base64url');

function tooMany(context: Context, seconds: number): Response | Promise<Response> {
  context.header('Retry-After', String(seconds));
  const minutes = Math.ceil(seconds / 60);
  return refuse(
    context,
    429,
    'That was a lot at once',
    `From here so much was asked that others would have to wait. Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. Digests go on as they are.`,
  );
}

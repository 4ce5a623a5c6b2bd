import { setTimeout as wait } from 'node:timers/promises';
import { type Span, SpanKind } from '@opentelemetry/api';
import { Hono, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { App } from '../app.ts';
import { traced } from '../lib/tracing.ts';
import { door } from './door.ts';
import { domainMetrics } from './metrics.ts';

/**
 * For whoever watches the service: /healthz (the process answers), /readyz (the database too), and /metrics, which tell
 * how many readers there are and so are there only for whoever bears METRICS_TOKEN.
 */
export function health(app: App): { routes: Hono; measure: MiddlewareHandler } {
  const { db, log } = app;
  const token = app.config.metricsToken;
  const byToken = door(app, 'METRICS_TOKEN', token);
  const register = new Registry();
  collectDefaultMetrics({ register });
  const readDomain = domainMetrics(app, register);
  const seconds = new Histogram({
    name: 'paperboy_http_request_seconds',
    help: 'Time to answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [register],
  });
  const routes = new Hono()
    .get('/healthz', (context) => context.json({ status: 'alive' }))
    .get('/readyz', async (context) => {
      const ready = await answersInTime(db);
      if (!ready) log.warn({}, 'the database does not answer');
      return context.json({ status: ready ? 'ready' : 'the database does not answer' }, ready ? 200 : 503);
    })
    .get('/metrics', async (context) => {
      if (!token) return context.notFound();
      const refusal = await byToken(context);
      if (refusal) return refusal;
      await readDomain();
      return context.body(await register.metrics(), 200, { 'Content-Type': register.contentType });
    });
  return {
    routes,
    // The route's pattern, never the path: a path may bear a token.
    measure: (context, next) => {
      const { method } = context.req;
      const stop = seconds.startTimer();
      const answer = async (span: Span) => {
        await next();
        const { status } = context.res;
        const route = routePath(context, -1);
        const took = stop({ method, route, status });
        span.updateName(`${method} ${route}`);
        span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
        log.debug({ method, route, status, seconds: took }, 'answered');
      };
      return traced(method, { 'http.request.method': method }, answer, SpanKind.SERVER);
    },
  };
}

const PATIENCE_MS = 2000;

async function answersInTime(db: App['db']): Promise<boolean> {
  const ended = new AbortController();
  const query = db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  const late = wait(PATIENCE_MS, false, { signal: ended.signal }).catch(() => false);
  const ready = await Promise.race([query, late]);
  ended.abort();
  return ready;
}

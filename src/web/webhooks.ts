import { Hono } from 'hono';
import type { App } from '../app.ts';
import { webhooks } from '../delivery/webhooks/webhooks.ts';
import { refuse } from './input.ts';

/** POST /webhooks/PROVIDER, for mail providers whose secret is set: bounces, complaints, and wishes to leave. */
export function webhookRoutes(app: App): Hono {
  const take = webhooks(app);
  return new Hono().post('/webhooks/:provider', async (context) => {
    const { req } = context;
    const answer = await take(req.param('provider'), {
      headers: req.raw.headers,
      query: new URL(req.url).searchParams,
      body: Buffer.from(await req.arrayBuffer()),
    });
    switch (answer.status) {
      case 'taken':
        return context.json({ status: 'taken' });
      case 'unknown':
        return refuse(context, 404, 'There is no such page', 'No webhook of this name is set up.');
      case 'unverified':
        return refuse(context, 401, 'This is not signed', 'The signature is not right.');
      case 'unreadable':
        return refuse(context, 400, 'This is no event', 'The body cannot be read.');
    }
  });
}

import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../../app.ts';
import { mailedDigest } from '../../delivery/browse.ts';
import { previewDigest } from '../../delivery/preview.ts';
import { parseDay } from '../../lib/day.ts';
import { refuse } from '../input.ts';
import { notice } from '../layout.ts';
import { withLink } from '../reader/link.ts';
import { readTopics } from '../sign-up/topics.ts';

/**
 * GET /digest/TOKEN: a mail as it was sent, in the browser. GET /preview?topics=a;b: what the digest of some topics
 * would be. Both show the mail's own HTML, whose styles are inline: they have a Content-Security-Policy of their own.
 */
export function digestRoutes(app: App): Hono {
  return new Hono()
    .get(
      '/digest/:token',
      withLink(app, 'digest', async (context, id) => {
        const rendered = await mailedDigest(app, id);
        if (rendered) return context.html(rendered.html);
        return refuse(
          context,
          404,
          'This digest is gone',
          'It is no longer kept, or its subscription was erased.',
        );
      }),
    )
    .get('/preview', async (context) => {
      const asked = context.req.query('date');
      const date = asked === undefined ? undefined : parseDay(asked);
      if (date === null) return refuse(context, 400, 'This is not a day', 'Write it as in date=2026-05-07.');
      const read = readTopics(context.req.query('topics') ?? '');
      if (!read.ok) return refuse(context, 400, 'This is no topic', read.problem);
      if (read.topics.length === 0)
        return refuse(
          context,
          400,
          'Which topics?',
          'Name some: /preview?topics=LLM agents;video generation',
        );
      const preview = await previewDigest(app, read.topics, date);
      if (preview.status === 'digest') return context.html(preview.rendered.html);
      const why = preview.status === 'silence' ? `No mail would come: ${preview.why}.` : preview.why;
      return context.html(notice('Nothing to show', why, html`<a href="/">Today’s papers</a>`));
    });
}

/** Whether a page of these shows a mail. */
export const showsMail = (path: string): boolean => path === '/preview' || path.startsWith('/digest/');

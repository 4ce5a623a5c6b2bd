import { Hono } from 'hono';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { mailedDigest } from '../delivery/browse.ts';
import { previewDigest } from '../delivery/preview.ts';
import { parseDay } from '../lib/day.ts';
import { parseTopic } from '../topics/topic.ts';
import { refuse } from './input.ts';
import { notice } from './layout.ts';
import { withLink } from './link.ts';

/** Topics of one preview; a reader may have as many. */
const MOST_TOPICS = 20;

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
      const topics = (context.req.query('topics') ?? '')
        .split(/[;\n]/)
        .filter((topic) => topic.trim() !== '');
      const asked = context.req.query('date');
      const date = asked === undefined ? undefined : parseDay(asked);
      if (date === null) return refuse(context, 400, 'This is not a day', 'Write it as in date=2026-05-07.');
      if (topics.length === 0 || topics.length > MOST_TOPICS)
        return refuse(
          context,
          400,
          'Which topics?',
          `Name 1 to ${MOST_TOPICS} of them: /preview?topics=LLM agents;video generation`,
        );
      const parsed = topics.map(parseTopic);
      const problems = parsed.flatMap((topic) => (topic.ok ? [] : [topic.problem]));
      if (problems.length > 0) return refuse(context, 400, 'This is no topic', problems.join(' '));
      const preview = await previewDigest(
        app,
        parsed.flatMap((topic) => (topic.ok ? [topic.topic] : [])),
        date,
      );
      if (preview.status === 'digest') return context.html(preview.rendered.html);
      const why = preview.status === 'silence' ? `No mail would come: ${preview.why}.` : preview.why;
      return context.html(notice('Nothing to show', why, html`<a href="/">Today’s papers</a>`));
    });
}

/** Whether a page of these shows a mail. */
export const showsMail = (path: string): boolean => path === '/preview' || path.startsWith('/digest/');

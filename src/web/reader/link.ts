import type { Context } from 'hono';
import type { App } from '../../app.ts';
import { type Purpose, readLink } from '../../subscribers/links.ts';
import { refuse } from '../input.ts';

/** Reads the token in the path; what is not signed for the purpose has no page. */
export function withLink(
  { secrets }: App,
  purpose: Purpose,
  handle: (context: Context, id: string) => Promise<Response>,
) {
  return async (context: Context): Promise<Response> => {
    context.header('Cache-Control', 'no-store');
    const id = readLink(secrets, purpose, context.req.param('token') ?? '');
    return id === null ? incomplete(context) : handle(context, id);
  };
}

/** The answer to a link that nobody signed. */
export const incomplete = (context: Context) =>
  refuse(
    context,
    404,
    'This link is not complete',
    'Open the link in the mail again; if it is broken over two lines, copy all of it.',
  );

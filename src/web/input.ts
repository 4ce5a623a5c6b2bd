import type { Context } from 'hono';
import type { Problem } from '../subscribers/subscriber.ts';
import { type Html, notice } from './layout.ts';

export type Input = { ok: true; fields: unknown } | { ok: false; problems: Problem[] };

/** The fields of a request: of a form, urlencoded or multipart, or of a JSON object. */
export async function readInput(context: Context): Promise<Input> {
  try {
    return { ok: true, fields: isJson(context) ? await context.req.json() : await formFields(context) };
  } catch {
    return { ok: false, problems: [{ field: 'body', message: 'The request cannot be read.' }] };
  }
}

/** Whether the request is a program's, which gets its answer as JSON, rather than a browser's. */
export const isJson = ({ req }: Context): boolean =>
  req.header('content-type')?.split(';')[0]?.trim().toLowerCase() === 'application/json';

/** One outcome for both kinds of reader. */
export function answer(
  context: Context,
  status: 200 | 202 | 400 | 404 | 410 | 413 | 500,
  { json, page }: { json: object; page: Html },
): Response | Promise<Response> {
  return isJson(context) ? context.json(json, status) : context.html(page, status);
}

/** What is wrong with a request as a whole, said to both kinds of reader. */
export function refuse(
  context: Context,
  status: 400 | 404 | 410 | 413 | 500,
  title: string,
  message: string,
): Response | Promise<Response> {
  return answer(context, status, {
    json: { problems: [{ field: 'body', message: `${title}. ${message}` }] },
    page: notice(title, message),
  });
}

/** A field that occurs twice has its last value (an unticked box is told by a hidden field before it), but topics have all. */
async function formFields({ req }: Context): Promise<Record<string, unknown>> {
  const body = await req.parseBody({ all: true });
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      Array.isArray(value) && name !== 'topics' ? value.at(-1) : value,
    ]),
  );
}

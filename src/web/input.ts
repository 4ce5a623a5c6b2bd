import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { html } from 'hono/html';
import type { Problem } from '../subscribers/subscriber.ts';
import { type Html, notice } from './layout.ts';
import { PROBLEM_JSON, problemDetails, type Refusal } from './problem.ts';

export type Input = { ok: true; fields: unknown } | { ok: false; problems: Problem[] };

/** The fields of a request: of a form, urlencoded or multipart, or of a JSON object. */
export async function readInput(context: Context): Promise<Input> {
  try {
    return { ok: true, fields: sendsJson(context) ? await context.req.json() : await formFields(context) };
  } catch {
    return { ok: false, problems: [{ field: 'body', message: 'The request cannot be read.' }] };
  }
}

const sendsJson = ({ req }: Context): boolean =>
  req.header('content-type')?.split(';')[0]?.trim().toLowerCase() === 'application/json';

/** Whether the request is a program's, which gets its answer as JSON, rather than a browser's. */
export const isJson = (context: Context): boolean =>
  context.req.path.startsWith('/api/') ||
  sendsJson(context) ||
  accepts(context, { header: 'Accept', supports: TYPES, default: 'text/html' }) !== 'text/html';

const TYPES = ['text/html', 'application/json', PROBLEM_JSON];

/** One outcome for both kinds of reader. What is refused reaches a program as problem details, with the `problems` of the JSON. */
export function answer(
  context: Context,
  status: 200 | 202 | Refusal,
  { json, page }: { json: object; page: Html },
): Response | Promise<Response> {
  if (!isJson(context)) return context.html(page, status);
  if (status === 200 || status === 202) return context.json(json, status);
  const problems = 'problems' in json ? (json.problems as Problem[]) : [];
  return problem(context, status, problems.map(({ message }) => message).join(' '), problems);
}

/** What is wrong with a request as a whole, said to both kinds of reader. */
export function refuse(
  context: Context,
  status: Refusal,
  title: string,
  message: string,
): Response | Promise<Response> {
  if (isJson(context)) return problem(context, status, `${title}. ${message}`);
  return context.html(notice(title, message, ONWARDS), status);
}

const ONWARDS = html`<a href="/">Today’s papers</a> · <a href="/search">Search</a>`;

const problem = (context: Context, status: Refusal, detail: string, problems: Problem[] = []): Response =>
  context.json(problemDetails(status, detail, problems), status, { 'Content-Type': PROBLEM_JSON });

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

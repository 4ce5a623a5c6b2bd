import type { Hono } from 'hono';
import { type HTMLElement, parse } from 'node-html-parser';

/** A form as a browser sends it. */
export const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
});

/** What the site answers, read as a page. */
export async function visit(
  web: Hono,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; headers: Headers; body: string; dom: HTMLElement }> {
  const answer = await web.request(path, init);
  const body = await answer.text();
  return { status: answer.status, headers: answer.headers, body, dom: parse(body) };
}

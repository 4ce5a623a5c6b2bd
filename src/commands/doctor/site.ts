import type { Outside } from '../../app.ts';
import type { Config } from '../../config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** BASE_URL as readers and mail programs reach it: by the way through the proxy, as far as that can be seen from here. */
export async function checkSite({ baseUrl, production }: Config, outside: Outside): Promise<Finding[]> {
  const alive = await ask(outside, `${baseUrl}/healthz`);
  if ('error' in alive) {
    const found = `nobody answers at ${baseUrl} (${alive.error})`;
    const todo = 'Start the service, and lead the reverse proxy and the DNS of BASE_URL to it.';
    return [production ? fail('site', found, todo) : warn('site', found, todo)];
  }
  if (alive.location)
    return [
      fail('site', `${baseUrl} sends visitors on to ${alive.location}`, 'Set BASE_URL to where it leads.'),
    ];
  if (alive.status !== 200 || !alive.text.includes('"alive"'))
    return [
      fail(
        'site',
        `${baseUrl} answers ${alive.status}, and it is not Paperboy`,
        'Lead the proxy to HOST and PORT.',
      ),
    ];
  return [reach(baseUrl), await oneClick(baseUrl, outside)];
}

function reach(baseUrl: string): Finding {
  const { hostname } = new URL(baseUrl);
  const local = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  return local
    ? warn('site', `${baseUrl} answers, but only on this machine`, 'Set BASE_URL to what readers can open.')
    : ok('site', `${baseUrl} answers`);
}

/**
 * A mail program posts without a browser, a cookie or a follow-up (RFC 8058): what a proxy redirects or challenges never
 * arrives. The link is nobody's, so nobody is unsubscribed.
 */
async function oneClick(baseUrl: string, outside: Outside): Promise<Finding> {
  const answer = await ask(outside, `${baseUrl}/unsubscribe/doctor`, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  if ('status' in answer && answer.status === 404 && !answer.location)
    return ok('one-click', 'a mail program can post to /unsubscribe');
  return fail(
    'one-click',
    'error' in answer
      ? `a post to /unsubscribe failed (${answer.error})`
      : `a post to /unsubscribe was answered ${answer.status}, not by Paperboy`,
    'Have the proxy pass POST on as it is: no redirect, no challenge, no login.',
  );
}

type Answered = { status: number; location: string | null; text: string } | { error: string };

async function ask({ fetch }: Outside, url: string, init: RequestInit = {}): Promise<Answered> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    const text = (await response.text()).slice(0, 10_000);
    return { status: response.status, location: response.headers.get('location'), text };
  } catch (error) {
    const { cause, message } = error as Error;
    const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
    return { error: code ?? why ?? message };
  }
}

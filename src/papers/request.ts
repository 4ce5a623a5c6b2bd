import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { bytesOf } from '../lib/body.ts';
import { clean } from './text.ts';

/** A source did not give what was asked for. The message is for operators and readers; no token in it. */
export class SourceError extends Error {
  /** It could not be reached or wants to be left alone: asking it something else now is no use. */
  readonly away: boolean;
  constructor(message: string, { away = false, ...options }: { away?: boolean; cause?: unknown } = {}) {
    super(message, options);
    this.away = away;
  }
}

/** Waits so many milliseconds; a test lets time pass instead. */
export type Wait = (ms: number) => Promise<unknown>;
export const patiently: Wait = (ms) => sleep(ms);

export type Answer = { status: number; body: string };

export type Manner = {
  /** The source's name in messages. */
  name: string;
  headers?: Record<string, string>;
  /** Milliseconds before each further attempt when the source is busy (429, 5xx). */
  backoff: number[];
  wait: Wait;
  /** Wraps each single request. */
  turn?: <T>(request: () => Promise<T>) => Promise<T>;
  timeoutMs?: number;
  maxBytes?: number;
};

/** A source that asks for a longer pause than this is left alone until the next ingest. */
const LONGEST_PAUSE = 60_000;
const NO_ANSWER = { status: 0, pause: 1_000 };

/**
 * GETs a page of a source. A busy source (429, 5xx) is asked again as often as `backoff` says, after the pause it asks
 * for when that is short; one that cannot be reached, once more. Every other answer is the caller's to judge.
 *
 * @throws SourceError when it stays away, asks for a long pause, or sends more than `maxBytes`.
 */
export async function ask(app: App, url: string, manner: Manner): Promise<Answer> {
  const { name, backoff, wait, turn = (request) => request() } = manner;
  for (let attempt = 0; ; attempt++) {
    const answer = await turn(() => once(app, url, manner));
    if (answer.status !== 429 && answer.status < 500 && answer.status !== NO_ANSWER.status) return answer;
    const pause = answer.status ? (answer.pause ?? backoff[attempt]) : NO_ANSWER.pause;
    const again = answer.status ? attempt < backoff.length : attempt === 0;
    if (!again || pause === undefined || pause > LONGEST_PAUSE)
      // A plain 500 may be about this page alone.
      throw new SourceError(complaint(name, answer), { away: answer.status !== 500 });
    app.log.debug({ source: name, status: answer.status, pause }, 'source is busy');
    await wait(pause);
  }
}

type Once = Answer & { pause?: number | undefined };

async function once({ fetch, config, now }: App, url: string, manner: Manner): Promise<Once> {
  const { name, headers = {}, timeoutMs = 30_000, maxBytes = 20_000_000 } = manner;
  try {
    const response = await fetch(url, {
      headers: { 'user-agent': `Paperboy (+${new URL(config.baseUrl).origin})`, ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await bytesOf(response, maxBytes))?.toString('utf8') ?? null;
    if (body === null)
      throw new SourceError(`${name} sent more than ${maxBytes / 1_000_000} MB, which is not read.`);
    return { status: response.status, body, pause: pauseOf(response.headers, now()) };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    return { status: NO_ANSWER.status, body: reason(error, timeoutMs) };
  }
}

/**
 * The pause that an answer asks for, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the
 * time until a used-up quota is refilled, `RateLimit: "api";r=0;t=55` (draft-ietf-httpapi-ratelimit-headers-09).
 */
export function pauseOf(headers: Headers, now: Date): number | undefined {
  const after = headers.get('retry-after')?.trim();
  if (after && /^\d{1,9}$/.test(after)) return Number(after) * 1000;
  const until = after ? Date.parse(after) : Number.NaN;
  if (!Number.isNaN(until)) return Math.max(0, until - now.getTime());
  const [, seconds] = /;\s*t=(\d{1,9})/.exec(headers.get('ratelimit') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function complaint(name: string, { status, pause, body }: Once): string {
  if (!status) return `${name} could not be reached: ${body}.`;
  if (status === 429)
    return `${name} limits our requests (429)${pause ? `: it wants a pause of ${Math.ceil(pause / 1000)} s` : ''}.`;
  return `${name} is in trouble (${status}).`;
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  return clean('code' in cause && cause.code ? `${cause.code}` : cause.message, 200);
}

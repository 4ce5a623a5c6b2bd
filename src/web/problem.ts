import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { Problem } from '../subscribers/subscriber.ts';

/** The statuses with which something is refused. */
export type Refusal = 400 | 401 | 403 | 404 | 410 | 413 | 414 | 429 | 500 | 503;

export const PROBLEM_JSON = 'application/problem+json';

/**
 * What is wrong, for a program: problem details (RFC 9457). The status says what kind of problem it is, so the type is
 * always `about:blank`.
 */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The name of the status.'),
    status: z.number().int(),
    detail: z.string().optional().describe('What is wrong, a sentence for people.'),
    problems: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('The fields that are wrong, all at once.'),
  })
  .describe('Problem details, RFC 9457.');

export type ProblemDetails = z.output<typeof problemSchema>;

export const problemDetails = (
  status: Refusal,
  detail: string,
  problems: Problem[] = [],
): ProblemDetails => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? '',
  status,
  ...(detail ? { detail } : {}),
  ...(problems.length > 0 ? { problems } : {}),
});

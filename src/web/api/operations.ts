import { z } from 'zod';
import { parseDay } from '../../lib/day.ts';
import { emailField, wishFields } from '../../subscribers/wishes.ts';
import { type ParsedTopic, parseTopic } from '../../topics/topic.ts';

// What the API takes and gives. The handlers parse with these schemas, and /openapi.json and /api are made of them.

const day = z
  .string()
  .meta({ format: 'date', examples: ['2026-05-07'] })
  .transform((text, context) => {
    const found = parseDay(text);
    if (found === null) context.addIssue('Write a day as in 2026-05-07.');
    return found ?? z.NEVER;
  });

const topic = z.string().transform((text, context): ParsedTopic => {
  const parsed = parseTopic(text);
  if (parsed.ok) return parsed.topic;
  context.addIssue(parsed.problem);
  return z.NEVER;
});

/** In a query everything is text. */
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, `Write a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `Write a whole number from ${least} to ${most}.`);

export const papersQuery = z.object({
  q: topic
    .optional()
    .describe('What the papers are about, in the language of topics. Without it the newest papers come.'),
  date: day.optional().describe('Only papers that were listed on this day.'),
  limit: whole(1, 100).prefault('20').describe('Papers on a page.'),
  page: whole(1, 50).prefault('1').describe('Which page; the answer names the next.'),
});

export const editionsQuery = z.object({
  before: day.optional().describe('Only editions of earlier days, for the next page.'),
  limit: whole(1, 366).prefault('30').describe('Editions on a page.'),
});

export const editionPath = z.object({
  date: z
    .union([z.literal('latest'), day], 'Write a day as in 2026-05-07, or latest.')
    .describe('A day as in 2026-05-07, or latest.'),
});

const paper = z.object({
  id: z.string().describe('The arXiv id without its version.'),
  url: z.url().describe('The paper at arXiv.'),
  title: z.string(),
  abstract: z.string(),
  tldr: z.string().nullable().describe('One or two sentences, where a source has them.'),
  authors: z.array(z.string()),
  listedOn: z.string().meta({ format: 'date' }).describe('The day whose list first bore it.'),
  votes: z.number().int(),
  comments: z.number().int(),
  stars: z.number().int().nullable().describe('Of its repository at GitHub.'),
  repository: z.url().nullable(),
  projectPage: z.url().nullable(),
  thumbnail: z.url().nullable(),
});

export const papersAnswer = z.object({
  papers: z.array(
    paper.extend({
      categories: z.array(z.string()),
      relevance: z.number().optional().describe('From 0.5 to 1; only where something was searched.'),
    }),
  ),
  total: z.number().int(),
  capped: z.boolean().describe('Whether only the newest of very many papers were weighed.'),
  next: z.url().nullable().describe('The next page.'),
});

export const editionsAnswer = z.object({
  editions: z.array(
    z.object({ date: z.string().meta({ format: 'date' }), papers: z.number().int(), url: z.url() }),
  ),
  next: z.url().nullable(),
});

export const editionAnswer = z.object({
  date: z.string().meta({ format: 'date' }),
  publishedAt: z.iso.datetime(),
  notes: z.array(z.string()).describe('What is to be known of the sources of that day.'),
  papers: z.array(
    paper.extend({
      rank: z.number().int().describe('Position by heat, from 1.'),
      heat: z.number().describe('How much the paper trended that day; higher is hotter.'),
      votesGained: z.number().int().describe('Over the last 24 hours.'),
      starsGained: z.number().int(),
    }),
  ),
});

const { timeZone, sendHour, frequency, maxPapers, trending, popularity } = wishFields;

const subscriptionBody = z.object({
  email: emailField.describe('One address.'),
  topics: wishFields.topics.describe('One to twenty: an array, or a text of one a line.'),
  timeZone: timeZone.optional().describe('IANA name; UTC unless told.'),
  sendHour: sendHour.optional().describe('Local hour of sending, 0 to 23; 8 unless told.'),
  frequency: frequency.optional().describe('daily unless told.'),
  maxPapers: maxPapers.optional().describe('1 to 20; 10 unless told.'),
  trending: trending.optional().describe('Up to three trending papers outside the topics; yes unless told.'),
  popularity: popularity
    .optional()
    .describe('0: the best match first, 1: the most popular; 0.5 unless told.'),
});

const subscriptionAnswer = z.object({ message: z.string() });

export type Operation = {
  method: 'get' | 'post';
  /** With `{date}` for what varies. */
  path: string;
  title: string;
  says: string;
  pathParts?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  answer: { status: 200 | 202; schema: z.ZodType };
  /** The statuses it may be refused with, beside 429. */
  refusals: (400 | 404)[];
  /** A line for a terminal, where the site's address stands for SITE. */
  example: string;
};

export const OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/api/papers',
    title: 'Find papers',
    says: 'All stored papers on something, by relevance; or the newest.',
    query: papersQuery,
    answer: { status: 200, schema: papersAnswer },
    refusals: [400],
    example: "curl 'SITE/api/papers?q=world+models+-survey&limit=5'",
  },
  {
    method: 'get',
    path: '/api/editions',
    title: 'List the editions',
    says: 'The days that have an edition, the latest first.',
    query: editionsQuery,
    answer: { status: 200, schema: editionsAnswer },
    refusals: [400],
    example: 'curl SITE/api/editions',
  },
  {
    method: 'get',
    path: '/api/editions/{date}',
    title: 'Read an edition',
    says: 'One day’s papers with their heat, hottest first. The date may be latest.',
    pathParts: editionPath,
    answer: { status: 200, schema: editionAnswer },
    refusals: [400, 404],
    example: 'curl SITE/api/editions/latest',
  },
  {
    method: 'post',
    path: '/api/subscriptions',
    title: 'Sign up',
    says: 'Asks an address for its confirmation. The answer is the same whether the address is known or not; nothing is sent before it confirms.',
    body: subscriptionBody,
    answer: { status: 202, schema: subscriptionAnswer },
    refusals: [400],
    example: `curl SITE/api/subscriptions -H 'Content-Type: application/json' -d '{"email":"ada@example.org","topics":["world models"]}'`,
  },
];

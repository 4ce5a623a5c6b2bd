import { z } from 'zod';
import { type ParsedTopic, parseTopic } from '../topics/topic.ts';
import { parseAddress } from './address.ts';
import { FREQUENCIES, type Preferences, type Problem } from './subscriber.ts';
import { zoneName } from './zone.ts';

/** Parses a form's or a JSON object's fields, absent ones from `fallback`, and tells all problems at once. */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  fallback: Partial<Record<keyof Preferences | 'topics', unknown>>,
): { ok: true; value: z.output<Schema> } | { ok: false; problems: Problem[] } {
  const parsed = schema.safeParse(isFields(input) ? { ...fallback, ...present(input) } : input);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map(({ path, message }) => ({ field: String(path[0] ?? 'body'), message })),
  };
}

const isFields = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

const present = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export const MOST_TOPICS = 20;

/** Topics as they are written: one on each line, or several texts. */
export const linesOf = (text: string | string[]): string[] =>
  [text]
    .flat()
    .flatMap((entry) => entry.split(/[\r\n]+/))
    .map((line) => line.trim())
    .filter((line) => line !== '');

const topics = z
  .union([z.string(), z.array(z.string())], 'Write your topics, one on each line.')
  .transform((text, context): ParsedTopic[] => {
    const lines = linesOf(text);
    if (lines.length === 0) context.addIssue('Write at least one topic.');
    if (lines.length > MOST_TOPICS)
      context.addIssue(`At most ${MOST_TOPICS} topics, please: these are ${lines.length}.`);
    if (context.issues.length > 0) return z.NEVER;
    const distinct = new Map<string, ParsedTopic>();
    for (const [at, line] of lines.entries()) {
      const parsed = parseTopic(line);
      if (parsed.ok) distinct.set(parsed.topic.query, parsed.topic);
      else context.addIssue(lines.length > 1 ? `Topic ${at + 1}: ${parsed.problem}` : parsed.problem);
    }
    return [...distinct.values()];
  });

export const UNKNOWN_ZONE: Problem = {
  field: 'timeZone',
  message: 'This time zone is not known; choose one such as Europe/Berlin.',
};

const timeZone = z.string('Choose a time zone.').transform((name, context) => {
  const zone = zoneName(name.trim());
  if (zone === null) context.addIssue(UNKNOWN_ZONE.message);
  return zone ?? z.NEVER;
});

const between = (least: number, most: number, isRight: (value: number) => boolean, message: string) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^\d{1,3}(\.\d{1,17})?$/)
          .transform(Number),
      ],
      message,
    )
    .refine((value) => isRight(value) && value >= least && value <= most, message);

const yesOrNo = z
  .union([z.boolean(), z.enum(['yes', 'no', 'true', 'false'])], 'Say yes or no.')
  .transform((answer) => answer === true || answer === 'yes' || answer === 'true');

export const wishFields = {
  topics,
  timeZone,
  sendHour: between(0, 23, Number.isInteger, 'Choose an hour from 0 to 23.'),
  frequency: z.enum(FREQUENCIES, `Choose ${FREQUENCIES.join(', ').replace(/, (\w+)$/, ' or $1')}.`),
  maxPapers: between(1, 20, Number.isInteger, 'Choose a number of papers from 1 to 20.'),
  trending: yesOrNo,
  popularity: between(0, 1, Number.isFinite, 'Choose a value from 0 to 1.'),
};

export const emailField = z.string('Write your e-mail address.').transform((text, context) => {
  const address = parseAddress(text);
  if (address.ok) return { email: address.email, key: address.key };
  context.addIssue(address.problem);
  return z.NEVER;
});

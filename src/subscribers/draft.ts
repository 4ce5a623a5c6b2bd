import { z } from 'zod';
import { type Parsed, type ParsedTopic, parseTopic } from '../topics/topic.ts';
import { DEFAULTS, type Preferences } from './subscriber.ts';
import { linesOf, MOST_TOPICS, wishFields } from './wishes.ts';

/** Wishes that somebody is still writing: some lines may not be topics yet, and what is not right stays as it was. */
export type Draft = {
  lines: { text: string; parsed: Parsed }[];
  topics: ParsedTopic[];
  preferences: Preferences;
};

const { topics: _, ...fields } = wishFields;
const schemas = Object.entries(fields) as [keyof Preferences, z.ZodType][];
const topicsField = z.union([z.string(), z.array(z.string())]).catch('');

/** Reads the fields of a form that is not sent yet, or what of them can be read. Never fails. */
export function readDraft(input: unknown, saved: Preferences = DEFAULTS): Draft {
  const given: Record<string, unknown> = typeof input === 'object' && input !== null ? { ...input } : {};
  const lines = linesOf(topicsField.parse(given.topics))
    .slice(0, MOST_TOPICS)
    .map((text) => ({ text, parsed: parseTopic(text) }));
  const topics = new Map(
    lines.flatMap(({ parsed }) => (parsed.ok ? [[parsed.topic.query, parsed.topic] as const] : [])),
  );
  const read = schemas.flatMap(([name, schema]) => {
    const parsed = schema.safeParse(given[name]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return { lines, topics: [...topics.values()], preferences: { ...saved, ...Object.fromEntries(read) } };
}

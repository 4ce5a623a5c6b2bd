import { type ParsedTopic, parseTopic } from '../../src/topics/topic.ts';

/** A topic from the words that a reader writes. */
export function topic(text: string): ParsedTopic {
  const parsed = parseTopic(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.topic;
}

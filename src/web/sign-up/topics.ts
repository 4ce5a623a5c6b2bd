import { MOST_TOPICS } from '../../subscribers/wishes.ts';
import { type ParsedTopic, parseTopic } from '../../topics/topic.ts';

/**
 * Reads the topics in an address, parted by `;` or line ends, as many as a reader may have; none is none. A problem is a
 * sentence for the reader.
 */
export function readTopics(
  text: string,
): { ok: true; topics: ParsedTopic[] } | { ok: false; problem: string } {
  const texts = text.split(/[;\n]/).filter((topic) => topic.trim() !== '');
  if (texts.length > MOST_TOPICS) return { ok: false, problem: `Name ${MOST_TOPICS} topics at most.` };
  const parsed = texts.map(parseTopic);
  const problems = parsed.flatMap((topic) => (topic.ok ? [] : [topic.problem]));
  if (problems.length > 0) return { ok: false, problem: problems.join(' ') };
  return { ok: true, topics: parsed.flatMap((topic) => (topic.ok ? [topic.topic] : [])) };
}

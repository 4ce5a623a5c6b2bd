import type { App } from '../app.ts';
import type { Edition } from '../editions/edition.ts';
import { previewMatches } from '../editions/matching.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { type Choice, choose } from './choose.ts';
import { knownOf } from './known.ts';
import type { Reader } from './reader.ts';

/**
 * What an edition would bring somebody with these topics and preferences. Reads only: the topics need not be stored.
 *
 * @param subscriberId whose other digests count as read; undefined for somebody new
 */
export async function draftDigest(
  app: App,
  edition: Edition,
  { topics, ...reader }: Omit<Reader, 'topics'> & { topics: ParsedTopic[] },
  subscriberId?: string,
): Promise<Choice> {
  const known =
    subscriberId && (await knownOf(app, edition, [{ id: subscriberId, topicIds: [] }]))(subscriberId);
  const found = await previewMatches(app, edition.date, topics);
  const named = topics.map(({ query, written }) => ({ id: query, query: written }));
  return choose(edition, { ...reader, topics: named }, { sent: new Map(), ...known, ...found });
}

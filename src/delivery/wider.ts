import type { App } from '../app.ts';
import type { LetterView } from '../digests/letters.ts';
import { harvest } from '../editions/harvest.ts';
import { type Neighbour, neighbours } from '../editions/neighbours.ts';
import { urlOf } from '../subscribers/links.ts';
import { asWritten } from '../subscribers/topics.ts';
import { type ParsedTopic, parseTopic } from '../topics/topic.ts';

const MOST = 6;

/**
 * Wider topics than a reader's own that would have brought papers, with links that write them into the preferences, to be looked
 * at and saved there. None when the database takes too long: the letter has its say without them.
 */
export async function widerFor(
  app: App,
  { id, topics }: { id: string; topics: Parameters<typeof asWritten>[0] },
): Promise<NonNullable<LetterView['wider']>> {
  const parsed = asWritten(topics).map(({ query }) => parseTopic(query));
  const near = await nearTo(
    app,
    parsed.flatMap((one) => (one.ok ? [one.topic] : [])),
  ).catch((err: unknown) => {
    app.log.warn({ err, subscriber: id }, 'wider topics could not be looked for');
    return [];
  });
  const page = urlOf(app, 'preferences', id);
  const adding = (queries: string[]) =>
    `${page}?${new URLSearchParams(queries.map((query) => ['add', query]))}`;
  return {
    topics: near.map(({ query, total }) => ({ query, papers: total, url: adding([query]) })),
    url: near.length > 0 ? adding(near.map(({ query }) => query)) : page,
  };
}

/** The nearest of each topic first, then the second of each, so that none is left out for the others' sake. */
async function nearTo(app: App, topics: ParsedTopic[]): Promise<Neighbour[]> {
  const found = await harvest(app, topics);
  if (found === null) return [];
  const lists = [...(await neighbours(app, topics, found)).values()].map((some) =>
    some.filter(({ kind }) => kind === 'wider'),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, n) => lists.flatMap((list) => list[n] ?? [])).flat();
  return [...new Map(inTurn.map((one) => [one.query, one])).values()].slice(0, MOST);
}

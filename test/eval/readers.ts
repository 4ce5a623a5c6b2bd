import type { App } from '../../src/app.ts';
import type { Choices } from '../../src/delivery/choices.ts';
import type { Frequency } from '../../src/generated/enums.ts';
import { addExample } from '../../src/subscribers/examples.ts';
import { parseTopic, saveTopics } from '../../src/topics/topic.ts';

export type Reader = {
  name: string;
  topics: string[];
  frequency?: Frequency;
  popularity?: number;
  maxPapers?: number;
  trending?: boolean;
  /** Asks at once for more, or less, like each paper of the first digest whose title has the word. */
  more?: RegExp;
  less?: RegExp;
};

/** Five invented readers. */
export const READERS: Reader[] = [
  { name: 'agents', topics: ['LLM agents', 'tool use', 'reinforcement learning reasoning -survey'] },
  { name: 'vision', topics: ['video generation', '"world model"', '3D reconstruction'], maxPapers: 6 },
  { name: 'quiet', topics: ['protein folding', 'speech recognition', 'quantum'], trending: false },
  { name: 'weekly', topics: ['diffusion language models', 'LLM inference efficiency'], frequency: 'weekly' },
  {
    name: 'taste',
    topics: ['multimodal', 'benchmark'],
    popularity: 0.2,
    maxPapers: 8,
    more: /video/i,
    less: /medical|agent/i,
  },
];

/** Writes a reader down as if the address had been confirmed. */
export async function subscribe(
  { db, now }: App,
  { name, topics, more: _, less: __, ...preferences }: Reader,
): Promise<void> {
  const parsed = topics.map(parseTopic).flatMap((topic) => (topic.ok ? [topic.topic] : []));
  const ids = await saveTopics(db, parsed, now());
  const email = `${name}@example.org`;
  const status = 'active' as const;
  const wanted = {
    create: parsed.map(({ written }, position) => ({ topicId: ids[position] ?? '', position, written })),
  };
  await db.subscriber.create({
    data: { email, emailKey: email, status, createdAt: now(), topics: wanted, ...preferences },
  });
}

/** Gives the examples that a reader gives after the first digest, and tells which. */
export async function react(
  app: App,
  subscriberId: string,
  { more, less }: Reader,
  { papers, trending }: Choices,
): Promise<string[]> {
  if (!more || (await app.db.example.count({ where: { subscriberId } })) > 0) return [];
  const said: string[] = [];
  for (const choice of [...papers, ...trending]) {
    const paper = await app.db.paper.findUniqueOrThrow({ where: { id: choice.id } });
    const kind = more.test(paper.title) ? 'more' : less?.test(paper.title) ? 'less' : null;
    if (!kind) continue;
    await addExample(app, subscriberId, paper.id, kind);
    said.push(`asks for ${kind} like ${paper.title.slice(0, 70)}`);
  }
  return said;
}

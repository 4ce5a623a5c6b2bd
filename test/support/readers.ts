import type { App } from '../../src/app.ts';
import type { Prisma } from '../../src/lib/db.ts';
import { confirm } from '../../src/subscribers/confirm.ts';
import { parseSignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { saveTopics } from '../../src/topics/topic.ts';
import { topic } from './topics.ts';

/** What a reader fills in; the rest has the defaults of the form. */
type Wishes = { email?: string; topics?: string | string[]; sendHour?: number };

/** Ada, unless it is another, signs up as from the form, and has not confirmed. Gives the id. */
export async function signUp(app: App, wishes: Wishes = {}): Promise<string> {
  const parsed = parseSignUp({ email: 'ada@example.org', topics: 'world models', ...wishes });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await subscribe(app, parsed.signUp);
  const emailKey = parsed.signUp.address.key;
  const reader = await app.db.subscriber.findUnique({ where: { emailKey } });
  if (!reader) throw new Error('Nobody was signed up.');
  return reader.id;
}

/** One who has confirmed too; the letters about both wait to be sent. */
export async function confirmedReader(app: App, wishes: Wishes = {}): Promise<string> {
  const id = await signUp(app, wishes);
  await confirm(app, id);
  return id;
}

/** Ada, unless it is another, as a reader of long standing with these topics: stored as such, and no letter waits. */
export async function addReader(
  { db, now }: Pick<App, 'db' | 'now'>,
  { topics = [], email = 'ada@example.org', ...more }: NewReader = {},
): Promise<{ id: string; topicIds: string[] }> {
  const parsed = topics.map(topic);
  const topicIds = await saveTopics(db, parsed, now());
  const wanted = topicIds.map((topicId, position) => ({
    topicId,
    position,
    written: parsed[position]?.written ?? null,
  }));
  const { id } = await db.subscriber.create({
    data: {
      email,
      emailKey: email,
      status: 'active',
      createdAt: now(),
      changedAt: now(),
      ...more,
      topics: { create: wanted },
    },
  });
  return { id, topicIds };
}

type NewReader = Partial<Omit<Prisma.SubscriberUncheckedCreateInput, 'topics'>> & { topics?: string[] };

import type { App } from '../app.ts';
import { saveTopics } from '../topics/topic.ts';
import { saveWishes } from './preferences.ts';
import { claim, type SignUp } from './subscribe.ts';
import type { Problem } from './subscriber.ts';
import { suppressionOf } from './suppression.ts';
import { UNKNOWN_ZONE } from './wishes.ts';
import { knownToDatabase } from './zone.ts';

/** `kept`: has a subscription, which stays as it is. `left`: has left before, or is suppressed, and is not taken back. */
export type TakenOver = { ok: true; status: 'active' | 'kept' | 'left' } | { ok: false; problems: Problem[] };

/**
 * Takes over a reader who has agreed to our mail elsewhere: active at once, with what the operator says of the consent
 * (where it was given and when) kept beside. Nobody comes back that way who has left, complained or been erased here.
 */
export async function takeOver(
  app: App,
  { address, topics, preferences }: SignUp,
  consent: string,
): Promise<TakenOver> {
  const { db, secrets, now } = app;
  if (!(await knownToDatabase(db, preferences.timeZone))) return { ok: false, problems: [UNKNOWN_ZONE] };
  const status = await db.$transaction(async (tx) => {
    const topicIds = await saveTopics(tx, topics, now());
    if ((await suppressionOf(tx, secrets, address.key)) !== null) return 'left';
    const { id, status } = await claim(app, tx, address);
    if (status === 'active' || status === 'paused') return 'kept';
    if (status !== 'pending') return 'left';
    await saveWishes(tx, id, preferences, topics, topicIds);
    await tx.subscriber.update({
      where: { id },
      data: { email: address.email, status: 'active', confirmedAt: now(), consent },
    });
    return 'active';
  });
  return { ok: true, status };
}

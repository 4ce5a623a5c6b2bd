import { z } from 'zod';
import type { App } from '../app.ts';
import type { SubscriberStatus } from '../generated/enums.ts';
import type { Tx } from '../lib/db.ts';
import { saveTopics } from '../topics/topic.ts';
import type { Address } from './address.ts';
import { writeLetter, writtenToday } from './letter.ts';
import { saveWishes } from './preferences.ts';
import { DEFAULTS, ON_SIGN_UP, type Problem, type Wishes } from './subscriber.ts';
import { type Binding, suppressionOf } from './suppression.ts';
import { emailField, parseFields, UNKNOWN_ZONE, wishFields } from './wishes.ts';
import { knownToDatabase } from './zone.ts';

export type SignUp = Wishes & { address: Address };

const signUpFields = z.object({ email: emailField, ...wishFields }, 'Send an object with email and topics.');

/** Reads a sign-up from the fields of a form or a JSON object. All problems come at once, each with its field. */
export function parseSignUp(
  input: unknown,
): { ok: true; signUp: SignUp } | { ok: false; problems: Problem[] } {
  const parsed = parseFields(signUpFields, input, DEFAULTS);
  if (!parsed.ok) return parsed;
  const { email: address, topics, ...preferences } = parsed.value;
  return { ok: true, signUp: { address, topics, preferences } };
}

/**
 * Signs an address up, to be confirmed from the letter that it gets. What happens depends on the address's state
 * (ON_SIGN_UP); the outcome does not say, and the steps are alike so that the time taken tells little. An address that
 * a bounce suppressed stays so until the letter is answered; after a complaint or an erasure nothing is stored or sent.
 */
export async function subscribe(
  app: App,
  { address, topics, preferences }: SignUp,
): Promise<{ ok: true } | { ok: false; problems: Problem[] }> {
  const { db, queue, secrets, now } = app;
  if (!(await knownToDatabase(db, preferences.timeZone))) return { ok: false, problems: [UNKNOWN_ZONE] };
  await db.$transaction(async (tx) => {
    const topicIds = await saveTopics(tx, topics, now());
    const suppression = await suppressionOf(tx, secrets, address.key);
    if (suppression === 'for good') return queue.send('letters', {}, { tx, key: 'letters' });
    const { id, status } = await claim(app, tx, address);
    const { replaces, letter } = onSignUp(status, suppression);
    if (replaces) {
      await tx.subscriber.update({
        where: { id },
        data: { email: address.email, status: 'pending', confirmedAt: null },
      });
      await saveWishes(app, tx, id, { topics, preferences }, topicIds);
    }
    if (letter && !(await writtenToday(app, tx, id, [letter]))) return writeLetter(app, tx, id, letter);
    await queue.send('letters', {}, { tx, key: 'letters' });
  });
  return { ok: true };
}

/** A suppressed reader whose reason is not known any more, since its secret is gone, might have complained. */
const onSignUp = (status: SubscriberStatus, suppression: Binding | null) =>
  status === 'suppressed' && suppression === null ? { replaces: false, letter: null } : ON_SIGN_UP[status];

/** The address's subscriber, made if there was none, locked against other sign-ups until the transaction ends. */
export async function claim(app: App, tx: Tx, address: Address): Promise<Claimed> {
  const row = (await claimAll(app, tx, [address])).get(address.key);
  if (row === undefined) throw new Error('INSERT … RETURNING gave no row.');
  return row;
}

export type Claimed = { id: string; status: SubscriberStatus };

/** The same for many addresses, by their keys; in one order everywhere, so that no two wait for each other in a circle. */
export async function claimAll(
  { uuid, now }: App,
  tx: Tx,
  addresses: Address[],
): Promise<Map<string, Claimed>> {
  const rows = await tx.$queryRaw<(Claimed & { key: string })[]>`
    INSERT INTO subscribers (id, email, email_key, created_at, changed_at)
    SELECT id, email, key, ${now()}, ${now()}
    FROM unnest(${addresses.map(() => uuid())}::uuid[], ${addresses.map(({ email }) => email)}::text[],
      ${addresses.map(({ key }) => key)}::text[]) AS a (id, email, key) ORDER BY key
    ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key
    RETURNING id::text, email_key AS key, status::text`;
  return new Map(rows.map(({ key, ...row }) => [key, row]));
}

import { createHmac } from 'node:crypto';
import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { parseAddress } from './address.ts';
import { skipQueued } from './unsubscribe.ts';

/** Tells an address from others without saying which it is, to nobody but the holder of the secret. */
export function addressHash(secret: string, key: string): string {
  return createHmac('sha256', secret).update(`paperboy suppression\0${key}`).digest('hex');
}

/** Whether an address must not be written to, by its hash under any of the secrets. */
export async function isSuppressed(tx: Tx, secrets: readonly string[], key: string): Promise<boolean> {
  const hashes = secrets.map((secret) => addressHash(secret, key));
  return (await tx.suppression.count({ where: { addressHash: { in: hashes } } })) > 0;
}

/** Writes to these subscribers no more, and to their addresses neither should they sign up again. Repeatable. */
export async function suppress(
  { db, secrets, now }: App,
  subscriberIds: readonly string[],
  reason: string,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const subscribers = await tx.subscriber.findMany({
      where: { id: { in: [...subscriberIds] } },
      select: { id: true, emailKey: true },
    });
    await suppressAddresses(
      tx,
      secrets,
      subscribers.map(({ emailKey }) => emailKey),
      reason,
      now(),
    );
    const ids = subscribers.map(({ id }) => id);
    await tx.subscriber.updateMany({
      where: { id: { in: ids } },
      data: { status: 'suppressed', pausedUntil: null },
    });
    await skipQueued(tx, ids, reason, now());
  });
}

/**
 * Deletes all that is known of an address and keeps a keyed hash, so that nobody can subscribe it again. Repeatable,
 * and of use before anything is known.
 */
export async function erase(
  { db, secrets, now }: App,
  text: string,
): Promise<{ ok: true; found: boolean } | { ok: false; problem: string }> {
  const address = parseAddress(text);
  if (!address.ok) return address;
  const { count } = await db.$transaction(async (tx) => {
    await suppressAddresses(tx, secrets, [address.key], 'erased', now());
    return tx.subscriber.deleteMany({ where: { emailKey: address.key } });
  });
  return { ok: true, found: count > 0 };
}

async function suppressAddresses(
  tx: Tx,
  [secret]: readonly string[],
  keys: string[],
  reason: string,
  now: Date,
): Promise<void> {
  if (secret === undefined) throw new Error('No secret to hash addresses with.');
  const hashes = keys.map((key) => addressHash(secret, key));
  await tx.$executeRaw`
    INSERT INTO suppressions (address_hash, reason, created_at)
    SELECT hash, ${reason}, ${now} FROM unnest(${hashes}::text[]) AS hash
    ON CONFLICT (address_hash) DO NOTHING`;
}

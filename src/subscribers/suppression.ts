import { createHmac } from 'node:crypto';
import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { parseAddress } from './address.ts';
import { skipQueued } from './unsubscribe.ts';

export type SuppressionReason =
  | 'the mailbox does not exist'
  | 'too many soft bounces'
  | 'complaint'
  | 'erased';

/**
 * How long a suppression binds: one of a bounce until somebody who reads the address's mail confirms a new sign-up,
 * one that a person asked for until the operator lifts it. Where both are known, the person's word counts.
 */
export type Binding = 'until confirmed' | 'for good';

const BINDING: Record<SuppressionReason, Binding> = {
  'the mailbox does not exist': 'until confirmed',
  'too many soft bounces': 'until confirmed',
  complaint: 'for good',
  erased: 'for good',
};

/** Tells an address from others without saying which it is, to nobody but the holder of the secret. */
export function addressHash(secret: string, key: string): string {
  return createHmac('sha256', secret).update(`paperboy suppression\0${key}`).digest('hex');
}

/** How an address is suppressed, by its hash under any of the secrets; null when it is not. */
export async function suppressionOf(
  tx: Tx,
  secrets: readonly string[],
  key: string,
): Promise<Binding | null> {
  const rows = await tx.suppression.findMany({
    where: { addressHash: { in: hashesOf(secrets, key) } },
    select: { reason: true },
  });
  if (rows.length === 0) return null;
  return rows.every(({ reason }) => LIFTED_BY_CONFIRMING.includes(reason)) ? 'until confirmed' : 'for good';
}

/** The keys of those addresses that are suppressed, in whatever way. */
export async function suppressedAmong(
  tx: Tx,
  secrets: readonly string[],
  addresses: { key: string }[],
): Promise<Set<string>> {
  const byHash = new Map(
    addresses.flatMap(({ key }) => hashesOf(secrets, key).map((hash) => [hash, key] as const)),
  );
  const rows = await tx.suppression.findMany({
    where: { addressHash: { in: [...byHash.keys()] } },
    select: { addressHash: true },
  });
  return new Set(rows.flatMap(({ addressHash }) => byHash.get(addressHash) ?? []));
}

/** Writes to these subscribers no more, and to their addresses neither should they sign up again. Repeatable. */
export async function suppress(
  app: App,
  subscriberIds: readonly string[],
  reason: SuppressionReason,
): Promise<void> {
  await app.db.$transaction((tx) => suppressWithin(app, tx, subscriberIds, reason));
}

/** As `suppress`, in the caller's transaction. */
export async function suppressWithin(
  { secrets, now }: App,
  tx: Tx,
  subscriberIds: readonly string[],
  reason: SuppressionReason,
): Promise<void> {
  const subscribers = await tx.subscriber.findMany({
    where: { id: { in: [...subscriberIds] } },
    select: { id: true, emailKey: true },
  });
  const keys = subscribers.map(({ emailKey }) => emailKey);
  await suppressAddresses(tx, secrets, keys, reason, now());
  const ids = subscribers.map(({ id }) => id);
  await tx.subscriber.updateMany({
    where: { id: { in: ids } },
    data: { status: 'suppressed', pausedUntil: null },
  });
  await skipQueued(tx, ids, reason, now());
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
    const subscriber = await tx.subscriber.findUnique({ where: { emailKey: address.key } });
    if (subscriber) await tx.feedback.deleteMany({ where: { subscriberId: subscriber.id } });
    return tx.subscriber.deleteMany({ where: { emailKey: address.key } });
  });
  return { ok: true, found: count > 0 };
}

/** As `erase`, at the word of the reader themselves. Repeatable; false when nothing was known of them (any more). */
export async function eraseReader(app: App, subscriberId: string): Promise<boolean> {
  const row = await app.db.subscriber.findUnique({
    where: { id: subscriberId },
    select: { emailKey: true },
  });
  const erased = row && (await erase(app, row.emailKey));
  return erased?.ok === true && erased.found;
}

/** Lifts what a bounce suppressed: whoever confirms has read our mail at that address. */
export async function liftByConfirming(tx: Tx, secrets: readonly string[], key: string): Promise<void> {
  await tx.suppression.deleteMany({
    where: { addressHash: { in: hashesOf(secrets, key) }, reason: { in: LIFTED_BY_CONFIRMING } },
  });
}

/**
 * The operator's word: lifts whatever suppression an address has. Nobody is subscribed by it; the address may sign up
 * again, and is asked to confirm. Repeatable.
 */
export async function unsuppress(
  { db, secrets, now }: App,
  text: string,
): Promise<{ ok: true; found: boolean } | { ok: false; problem: string }> {
  const address = parseAddress(text);
  if (!address.ok) return address;
  const found = await db.$transaction(async (tx) => {
    const lifted = await tx.suppression.deleteMany({
      where: { addressHash: { in: hashesOf(secrets, address.key) } },
    });
    const freed = await tx.subscriber.updateMany({
      where: { emailKey: address.key, status: 'suppressed' },
      data: {
        status: 'unsubscribed',
        unsubscribedAt: now(),
        confirmedAt: null,
        softBounces: 0,
        softBouncedAt: null,
      },
    });
    return lifted.count + freed.count > 0;
  });
  return { ok: true, found };
}

const LIFTED_BY_CONFIRMING = Object.entries(BINDING).flatMap(([reason, binding]) =>
  binding === 'until confirmed' ? [reason] : [],
);

const hashesOf = (secrets: readonly string[], key: string) =>
  secrets.map((secret) => addressHash(secret, key));

async function suppressAddresses(
  tx: Tx,
  [secret]: readonly string[],
  keys: string[],
  reason: SuppressionReason,
  now: Date,
): Promise<void> {
  if (secret === undefined) throw new Error('No secret to hash addresses with.');
  const hashes = keys.map((key) => addressHash(secret, key));
  const weaker = BINDING[reason] === 'for good' ? LIFTED_BY_CONFIRMING : [];
  await tx.$executeRaw`
    INSERT INTO suppressions AS s (address_hash, reason, created_at)
    SELECT hash, ${reason}, ${now} FROM unnest(${hashes}::text[]) AS hash
    ON CONFLICT (address_hash) DO UPDATE SET reason = excluded.reason, created_at = excluded.created_at
      WHERE s.reason = ANY (${weaker}::text[])`;
}

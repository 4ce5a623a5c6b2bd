import type { App } from '../app.ts';
import type { Tx } from '../lib/db.ts';
import { parseAddress } from '../subscribers/address.ts';
import { type SuppressionReason, suppressWithin } from '../subscribers/suppression.ts';
import { unsubscribeWithin } from '../subscribers/unsubscribe.ts';

/** What came back, whoever tells it: a mail, or a provider's webhook. */
export type Feedback = {
  /** Who reported it and their id for it, never an address. A second report with the same id changes nothing. */
  id: string;
  kind: 'bounce-hard' | 'bounce-soft' | 'complaint' | 'unsubscribe';
  /** Whom it is about, the surest first: the message that it answers (a delivery or a letter), the reader, the address. */
  deliveryId?: string | null;
  subscriberId?: string | null;
  address?: string | null;
  /** It speaks of us and not of the reader (policy, content): noted, and counted against nobody. */
  ours?: boolean;
  /** A status code or a few words. */
  detail: string | null;
  at: Date;
};

/** `nobody`: it names no reader of ours. `repeat`: it was taken before. `late`: what happened since counts more. */
export type Taken = 'suppressed' | 'unsubscribed' | 'counted' | 'noted' | 'late' | 'repeat' | 'nobody';

/**
 * Draws the consequence of one piece of feedback, in one transaction. Repeatable, and right in any order: a complaint or
 * a dead mailbox suppresses whatever came before, a soft bounce of somebody who is not written to any more changes
 * nothing, and neither does a bounce of a message older than the reader's last confirmation. Digests that wait are
 * skipped at once. What names no reader of ours leaves no trace.
 */
export async function takeFeedback(app: App, feedback: Feedback): Promise<Taken> {
  const { db, log } = app;
  const { reader, taken } = await db.$transaction(async (tx) => {
    const reader = await readerOf(tx, feedback);
    if (!reader) return { reader, taken: 'nobody' as const };
    if (!(await note(app, tx, feedback, reader))) return { reader, taken: 'repeat' as const };
    return { reader, taken: await draw(app, tx, feedback, reader) };
  });
  log.info({ feedback: feedback.kind, subscriber: reader?.id, taken }, 'feedback taken');
  return taken;
}

type Reader = {
  id: string;
  status: string;
  confirmedAt: Date | null;
  softBounces: number;
  softBouncedAt: Date | null;
  /** Of the message that the feedback answers, where it names one. */
  message: { id: string; digest: boolean; createdAt: Date } | null;
};

/** The reader whom it is about, locked until the transaction ends, so that two reports at once are counted both. */
async function readerOf(tx: Tx, { deliveryId, subscriberId, address }: Feedback): Promise<Reader | null> {
  const message = deliveryId && UUID.test(deliveryId) ? await messageOf(tx, deliveryId) : null;
  const known = message?.subscriberId ?? (subscriberId && UUID.test(subscriberId) ? subscriberId : null);
  const row =
    (known && (await lock(tx, { id: known }))) ||
    (address && (await lock(tx, { key: keyOf(address) }))) ||
    null;
  return row && { ...row, message: message?.subscriberId === row.id ? message : null };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Ids are random over all tables: no letter has a delivery's. */
async function messageOf(tx: Tx, id: string) {
  const select = { id: true, subscriberId: true, createdAt: true };
  const delivery = await tx.delivery.findUnique({ where: { id }, select });
  const row = delivery ?? (await tx.letter.findUnique({ where: { id }, select }));
  return row && { ...row, digest: delivery !== null };
}

async function lock(tx: Tx, { id = null, key = null }: { id?: string | null; key?: string | null }) {
  const [row] = await tx.$queryRaw<Omit<Reader, 'message'>[]>`
    SELECT id::text, status::text, confirmed_at AS "confirmedAt", soft_bounces AS "softBounces",
      soft_bounced_at AS "softBouncedAt"
    FROM subscribers WHERE id = ${id}::uuid OR email_key = ${key} FOR UPDATE`;
  return row ?? null;
}

function keyOf(address: string): string | null {
  const parsed = parseAddress(address.replace(/^\s*<|>\s*$/g, ''));
  return parsed.ok ? parsed.key : null;
}

async function note({ now }: App, tx: Tx, feedback: Feedback, { id, message }: Reader): Promise<boolean> {
  const { count } = await tx.feedback.createMany({
    data: [
      {
        id: feedback.id.slice(0, 200),
        kind: feedback.kind,
        subscriberId: id,
        deliveryId: message?.digest ? message.id : null,
        detail: withoutAddress(feedback.detail),
        receivedAt: now(),
      },
    ],
    skipDuplicates: true,
  });
  return count > 0;
}

const withoutAddress = (detail: string | null) =>
  detail
    ?.replace(/\S*@\S*/g, '[address]')
    .replace(/\p{C}/gu, '')
    .slice(0, 100) ?? null;

const WRITTEN_TO = ['pending', 'active', 'paused'];

async function draw(app: App, tx: Tx, feedback: Feedback, reader: Reader): Promise<Taken> {
  const suppress = async (reason: SuppressionReason): Promise<Taken> => {
    await suppressWithin(app, tx, [reader.id], reason);
    return 'suppressed';
  };
  if (feedback.kind === 'complaint') return suppress('complaint');
  if (feedback.kind === 'unsubscribe')
    return (await unsubscribeWithin(app, tx, reader.id)) ? 'unsubscribed' : 'late';
  if (feedback.ours) return 'noted';
  const { message, confirmedAt } = reader;
  // Whoever confirmed after it was written has read a mail of ours since.
  if (message && confirmedAt && message.createdAt < confirmedAt) return 'late';
  if (feedback.kind === 'bounce-hard') return suppress('the mailbox does not exist');
  if (!WRITTEN_TO.includes(reader.status)) return 'late';
  const at = new Date(Math.min(feedback.at.getTime(), app.now().getTime()));
  const bounces = withBounce(reader, at);
  await tx.subscriber.update({ where: { id: reader.id }, data: bounces });
  return bounces.softBounces >= MOST_SOFT_BOUNCES ? suppress('too many soft bounces') : 'counted';
}

/**
 * A full mailbox is often emptied after a holiday, an outage ends: a soft bounce counts half after a week. So seven
 * digests refused in a row, one a day, reach the limit; three in one week and then one a month, or one a week for ever,
 * never do.
 */
const HALF_LIFE_DAYS = 7;
const MOST_SOFT_BOUNCES = 5;

/** The sum of all soft bounces as it stands at the latest of them, whatever the order in which they are told. */
export function withBounce(
  { softBounces, softBouncedAt }: { softBounces: number; softBouncedAt: Date | null },
  at: Date,
): { softBounces: number; softBouncedAt: Date } {
  if (softBouncedAt === null) return { softBounces: 1, softBouncedAt: at };
  const left = 0.5 ** (Math.abs(at.getTime() - softBouncedAt.getTime()) / (HALF_LIFE_DAYS * 86_400_000));
  return at < softBouncedAt
    ? { softBounces: softBounces + left, softBouncedAt }
    : { softBounces: softBounces * left + 1, softBouncedAt: at };
}

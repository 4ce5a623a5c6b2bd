import type { App } from '../app.ts';
import { type Direct, Prisma, type Tx } from '../lib/db.ts';
import { suppressWithin } from '../subscribers/suppression.ts';
import { LONGEST_BACKOFF, type Outcome } from './reply.ts';

/** Deliveries and letters are sent by the same rules and have the columns for them in common. */
export type Ledger = 'deliveries' | 'letters';

export const tables = { deliveries: Prisma.raw('deliveries'), letters: Prisma.raw('letters') };
/**
 * An attempt that says nothing for so long is dead, and its rows are anybody's. A message may take three minutes
 * (lib/smtp/smtp.ts), and its outcome some two more to be written down while the database is away (outcomes.ts).
 */
const LEASE_MINUTES = 10;

/**
 * Takes rows for one attempt, so that no other process works on them: those that wait, and those that a dead attempt
 * left in `sending`, which wait from now on. Rows of somebody else are passed over, and stale ones, which `expire` closes.
 */
export async function claim(app: App, ledger: Ledger, ids: string[], lease: string): Promise<string[]> {
  const { db, now } = app;
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE ${tables[ledger]} SET status = 'queued', lease = ${lease}::uuid, leased_until = ${leaseEnd(now())}
    WHERE id = ANY (${ids}::uuid[]) AND status IN ('queued', 'sending') AND next_attempt_at <= ${now()}
      AND (lease IS NULL OR leased_until <= ${now()}) AND created_at > ${staleFrom(app)}
    RETURNING id`;
  return rows.map(({ id }) => id);
}

export type Begun = { id: string; messageDate: Date; email: string };

/**
 * Commits that these rows are being sent, before the first byte leaves, and names those that may be: not the ones that
 * another attempt has taken, nor those whose subscriber has left since. A row keeps the date of its first attempt, and a
 * delivery the choices. Begun twice by one attempt (ahead.ts), it counts once.
 *
 * Plan: the rows by their keys, which are named for that once more: of a table that is new Postgres knows nothing, and
 * began with all subscribers, a second for each window.
 *
 * @param states of a subscriber who may get such mail
 * @param kept what a delivery's digest has, where this attempt chose it
 */
export async function begin(
  { direct, now }: App,
  { ledger, lease, states, kept }: Beginning,
  ids: string[],
): Promise<Begun[]> {
  const rows = ids.map((id) => ({ id, ...kept?.(id) }));
  return direct<Begun>(Prisma.sql`
    UPDATE ${tables[ledger]} AS l SET status = 'sending', attempts = attempts + (l.status = 'queued')::int,
      message_date = coalesce(message_date, ${now()}), leased_until = ${leaseEnd(now())} ${columns[ledger]}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS k (id uuid, choices jsonb, "paperIds" text[]), subscribers s
    WHERE l.id = ANY (${ids}::uuid[]) AND l.id = k.id AND l.lease = ${lease}::uuid
      AND l.status IN ('queued', 'sending')
      AND s.id = l.subscriber_id AND s.status::text = ANY (${states})
    RETURNING l.id, l.message_date AS "messageDate", s.email`);
}

type Beginning = {
  ledger: Ledger;
  lease: string;
  states: string[];
  kept?: ((id: string) => Kept | undefined) | undefined;
};

/** A digest as chosen, for JSON, and the papers in it. */
export type Kept = { choices: object; paperIds: string[] };

/** Written once: an attempt that repeats another's sends what that one chose. */
const columns = {
  deliveries: Prisma.sql`, choices = coalesce(l.choices, k.choices),
    paper_ids = CASE WHEN l.choices IS NULL THEN k."paperIds" ELSE l.paper_ids END`,
  letters: Prisma.empty,
};

export type Settled = { sent: number; deferred: number; failed: number };

/**
 * Writes down what became of messages, and suppresses whose mailbox does not exist: both or neither. Counts what it wrote,
 * not what another attempt has taken.
 */
export async function settle(
  app: App,
  ledger: Ledger,
  lease: string,
  outcomes: Settling[],
): Promise<Settled> {
  const gone = outcomes.flatMap(({ id, outcome }) =>
    outcome.status === 'failed' && outcome.suppress ? [id] : [],
  );
  if (gone.length === 0) return write(app, app.direct, ledger, lease, outcomes);
  return app.db.$transaction(async (tx) => {
    const readers = await subscribersOf(tx, ledger, gone);
    await suppressWithin(app, tx, readers, 'the mailbox does not exist');
    return write(app, (statement) => tx.$queryRaw(statement), ledger, lease, outcomes);
  });
}

type Settling = { id: string; outcome: Outcome };

async function write(
  { now }: App,
  run: Direct,
  ledger: Ledger,
  lease: string,
  outcomes: Settling[],
): Promise<Settled> {
  const ids = outcomes.map(({ id }) => id);
  const states = outcomes.map(({ outcome }) => outcome.status);
  const reasons = outcomes.map(({ outcome }) => ('reason' in outcome ? outcome.reason : null));
  const written = await run<{ status: Outcome['status'] }>(Prisma.sql`
    UPDATE ${tables[ledger]} AS l SET
      status = (CASE o.status WHEN 'deferred' THEN 'queued' ELSE o.status END)::delivery_status,
      reason = o.reason, lease = NULL, leased_until = NULL,
      settled_at = CASE o.status WHEN 'deferred' THEN NULL ELSE ${now()}::timestamptz END,
      next_attempt_at = CASE o.status WHEN 'deferred'
        THEN ${now()}::timestamptz + least(60 * 2 ^ (l.attempts - 1), ${LONGEST_BACKOFF}::float) * interval '1 second'
        ELSE l.next_attempt_at END
    FROM unnest(${ids}::uuid[], ${states}::text[], ${reasons}::text[]) AS o(id, status, reason)
    WHERE l.id = o.id AND l.lease = ${lease}::uuid
    RETURNING o.status`);
  const count = (status: string) => written.filter((row) => row.status === status).length;
  return { sent: count('sent'), deferred: count('deferred'), failed: count('failed') };
}

/** Closes rows that will not be sent, each with its reason, and counts them. Rows of another attempt stay as they are. */
export async function skip(
  { db, now }: App,
  ledger: Ledger,
  lease: string,
  rows: { id: string; reason: string }[],
): Promise<number> {
  if (rows.length === 0) return 0;
  return db.$executeRaw`
    UPDATE ${tables[ledger]} AS l SET status = 'skipped', reason = o.reason, lease = NULL, leased_until = NULL,
      settled_at = ${now()}
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ reason }) => reason)}::text[]) AS o(id, reason)
    WHERE l.id = o.id AND l.lease = ${lease}::uuid`;
}

/** The domain that each row's message goes to. */
export async function domainsOf({ db }: App, ledger: Ledger, ids: string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; domain: string }[]>`
    SELECT l.id, split_part(s.email, '@', 2) AS domain
    FROM ${tables[ledger]} l JOIN subscribers s ON s.id = l.subscriber_id WHERE l.id = ANY (${ids}::uuid[])`;
  return new Map(rows.map(({ id, domain }) => [id, domain]));
}

/** Lets go of rows until an instant before which there is no use in trying. */
export async function putBack(
  { db }: App,
  ledger: Ledger,
  lease: string,
  ids: string[],
  notBefore: Date,
): Promise<void> {
  await db.$executeRaw`
    UPDATE ${tables[ledger]} SET ${LET_GO}, next_attempt_at = greatest(next_attempt_at, ${notBefore})
    WHERE id = ANY (${ids}::uuid[]) AND lease = ${lease}::uuid AND status IN ('queued', 'sending')`;
}

/** Lets go of those that an attempt took and did not send. */
export async function release({ db }: App, ledger: Ledger, ids: string[], lease: string): Promise<void> {
  await db.$executeRaw`
    UPDATE ${tables[ledger]} SET ${LET_GO}
    WHERE id = ANY (${ids}::uuid[]) AND lease = ${lease}::uuid AND status IN ('queued', 'sending')`;
}

/** Not a byte has left of what was only begun ahead: that was no attempt, and gives the message no date. */
const LET_GO = Prisma.sql`status = 'queued', lease = NULL, leased_until = NULL, attempts = attempts - (status = 'sending')::int,
  message_date = CASE WHEN status = 'sending' AND attempts = 1 THEN NULL ELSE message_date END`;

/** What was written down by then has waited for too long. */
export const staleFrom = ({ now, config }: App) =>
  new Date(now().getTime() - config.deliveriesExpireHours * 3_600_000);

const leaseEnd = (now: Date) => new Date(now.getTime() + LEASE_MINUTES * 60_000);

async function subscribersOf(tx: Tx, ledger: Ledger, ids: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT subscriber_id AS id FROM ${tables[ledger]} WHERE id = ANY (${ids}::uuid[])`;
  return rows.map(({ id }) => id);
}

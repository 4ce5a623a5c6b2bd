import type { App } from '../app.ts';
import { type Ledger, staleFrom, tables } from './ledger.ts';

/** Rows that may be sent now and are in nobody's hands, oldest first. */
export async function due(app: App, ledger: Ledger, most: number): Promise<string[]> {
  const { db, now } = app;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM ${tables[ledger]}
    WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${now()} AND (lease IS NULL OR leased_until <= ${now()})
      AND created_at > ${staleFrom(app)}
    ORDER BY created_at, id LIMIT ${most}`;
  return rows.map(({ id }) => id);
}

/** Fails what has waited for longer than a digest stays fresh and is in nobody's hands. */
export async function expire(app: App, ledger: Ledger): Promise<number> {
  const { db, now } = app;
  return db.$executeRaw`
    UPDATE ${tables[ledger]} SET status = 'failed', reason = 'expired', lease = NULL, leased_until = NULL,
      settled_at = ${now()}
    WHERE status IN ('queued', 'sending') AND (lease IS NULL OR leased_until <= ${now()})
      AND created_at <= ${staleFrom(app)}`;
}

/**
 * Names deliveries that need a new job: deferred ones whose time has come, those of a dead attempt, and those whose job
 * was lost. Each is named once between two attempts, so that a slow queue does not fill with repeats; where no job waits
 * at all (`idle`), whatever is due has lost its own, and is named again.
 */
export async function orphans(
  { db, now, config }: App,
  { most, idle }: { most: number; idle: boolean },
): Promise<string[]> {
  const named = new Date(now().getTime() + config.deliveriesExpireHours * 3_600_000);
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE deliveries SET lease = NULL, leased_until = ${named}
    WHERE id IN (
      SELECT id FROM deliveries
      WHERE status IN ('queued', 'sending') AND next_attempt_at <= ${now()}
        AND (leased_until <= ${now()} OR (lease IS NULL AND ${idle}::bool) OR (leased_until IS NULL
          AND (attempts > 0 OR next_attempt_at > created_at OR created_at <= ${now()}::timestamptz - interval '15 minutes')))
      LIMIT ${most} FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  return rows.map(({ id }) => id);
}

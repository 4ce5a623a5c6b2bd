import type { App } from '../app.ts';

/**
 * Forgets what was settled long ago, so that the ledger stays as large as its readers and not as old as the service:
 * choosing looks no further back than the edition's window, and a digest can be read in the browser for as long. The
 * latest edition's deliveries stay, whatever its age, for they say who has had it.
 *
 * Plan: deliveries by (edition_date, status). As few rows in one statement as take no more than moments, so that nobody
 * waits for its locks.
 *
 * @returns how many were forgotten
 */
export async function prune({ db, now, config }: App, most: number): Promise<number> {
  const days = Math.max(config.deliveriesKeepDays, config.editionWindowDays + 1);
  return db.$executeRaw`
    DELETE FROM deliveries WHERE id IN (
      SELECT id FROM deliveries
      WHERE edition_date < least((${now()}::timestamptz AT TIME ZONE 'UTC')::date - ${days}::int,
          (SELECT max(date) FROM editions))
        AND status IN ('sent', 'failed', 'skipped')
      LIMIT ${most} FOR UPDATE SKIP LOCKED)`;
}

import type { App } from '../app.ts';
import { expirePending } from '../subscribers/confirm.ts';
import { resumeDue } from '../subscribers/pause.ts';
import { relex } from '../topics/relex.ts';
import { expire, orphans } from './ledger.ts';

/** As in compose: deliveries in one job, and jobs in one statement. */
const BATCH = 100;
const MOST = 5_000;

/**
 * Puts in order what time has overtaken: unconfirmed sign-ups, pauses that are over, mail that has gone stale, and
 * deliveries whose attempt died or whose time to be tried again has come, which get a new job. Papers and topics that were
 * read by other rules than today's are read anew. What is merely old is retention.ts's.
 */
export async function settleLedgers(app: App): Promise<void> {
  const { queue, log } = app;
  const forgotten = await expirePending(app);
  const resumed = await resumeDue(app);
  const expired = (await expire(app, 'deliveries')) + (await expire(app, 'letters'));
  const relexed = await relex(app);
  const ids = await orphans(app, { most: MOST, idle: !(await queue.waits('deliver')) });
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) => ({
    ids: ids.slice(n * BATCH, (n + 1) * BATCH),
  }));
  if (batches.length > 0) await queue.sendAll('deliver', batches);
  if (forgotten + resumed + expired + ids.length + relexed > 0)
    log.info({ forgotten, resumed, expired, requeued: ids.length, relexed }, 'settled');
}

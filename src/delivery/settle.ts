import type { App } from '../app.ts';
import { addDays, dayOf } from '../lib/day.ts';
import { expirePending } from '../subscribers/confirm.ts';
import { resumeDue } from '../subscribers/pause.ts';
import { relex } from '../topics/relex.ts';
import { embedPapers, embedTopics } from '../topics/vectors.ts';
import { expire, orphans } from './backlog.ts';
import { tallyClosed } from './watch/tally.ts';

/** As in compose: deliveries in one job, and jobs in one statement. */
const BATCH = 100;
const MOST = 5_000;
/** A minute's share of papers and of topics, a few seconds' work; and how far back papers get vectors. */
const MOST_VECTORS = 200;
const DAYS_OF_VECTORS = 31;

/**
 * Puts in order what time has overtaken: unconfirmed sign-ups, pauses that are over, mail that has gone stale, and
 * deliveries whose attempt died or whose time to be tried again has come, which get a new job. Papers and topics that were
 * read by other rules than today's are read anew, editions that are over are counted, and what lacks a vector gets one
 * where EMBEDDINGS is set. What is merely old is retention.ts's.
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
  const tallied = await tallyClosed(app);
  const embedded = await embedRecent(app);
  if (forgotten + resumed + expired + ids.length + relexed + tallied + embedded > 0)
    log.info({ forgotten, resumed, expired, requeued: ids.length, relexed, tallied, embedded }, 'settled');
}

async function embedRecent(app: App): Promise<number> {
  const today = dayOf(app.now());
  return (
    (await embedTopics(app, { limit: MOST_VECTORS })) +
    (await embedPapers(app, { from: addDays(today, -DAYS_OF_VECTORS), to: today, limit: MOST_VECTORS }))
  );
}

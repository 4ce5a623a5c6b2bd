import type { App } from '../app.ts';
import type { Silence } from '../digests/choose.ts';

const SILENT_DAYS = 7;
const REST_DAYS = 28;
const NO_MATCH = ['no paper on the topics', 'no new paper on the topics'] satisfies Silence[];
const NO_NEWS = [
  'no paper was listed since the last digest',
  'no paper was listed in these days',
] satisfies Silence[];
const SILENCES = [...NO_MATCH, ...NO_NEWS];

/**
 * Writes a letter to those of some subscribers whose topics have brought nothing for a week, at most once in four weeks:
 * the first of their silences is a week old, and since then no digest was theirs for any other reason. Repeatable.
 *
 * Plan: the few subscribers by key, their deliveries and letters by (subscriber_id, …).
 *
 * @returns how many were written
 */
export async function writeQuietLetters(app: App, subscriberIds: string[]): Promise<number> {
  const { db, queue, log } = app;
  if (subscriberIds.length === 0) return 0;
  const now = app.now();
  const ago = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);
  const count = await db.$executeRaw`
    INSERT INTO letters (id, subscriber_id, kind, next_attempt_at, created_at)
    SELECT gen_random_uuid(), s.id, 'quiet', ${now}, ${now} FROM subscribers s
    WHERE s.id = ANY (${subscriberIds}::uuid[]) AND s.status = 'active'
      AND EXISTS (
        SELECT FROM deliveries d WHERE d.subscriber_id = s.id AND d.status = 'skipped' AND d.reason = ANY (${NO_MATCH})
          AND d.created_at > ${ago(2 * SILENT_DAYS)} AND d.created_at <= ${ago(SILENT_DAYS - 0.5)}
      )
      AND NOT EXISTS (
        SELECT FROM deliveries d WHERE d.subscriber_id = s.id AND d.created_at > ${ago(SILENT_DAYS + 0.5)}
          AND NOT (d.status = 'skipped' AND d.reason = ANY (${SILENCES}))
      )
      AND NOT EXISTS (
        SELECT FROM letters l WHERE l.subscriber_id = s.id AND l.kind = 'quiet' AND l.created_at > ${ago(REST_DAYS)}
      )`;
  if (count === 0) return 0;
  // Should this be lost, the clock's next tick sends them.
  await queue.send('letters', {}, { key: 'letters' });
  log.info({ count }, 'quiet letters written');
  return count;
}

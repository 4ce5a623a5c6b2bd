import type { App } from '../app.ts';
import type { ExampleKind } from '../generated/enums.ts';
import type { Db } from '../lib/db.ts';

/** A paper of which the reader asked for more like it, or for less. */
export type Example = { paperId: string; title: string; kind: ExampleKind; createdAt: Date };

/** A reader's tastes change: of more examples than these, the oldest make room. */
export const MOST_EXAMPLES = 50;

/** Newest first. */
export async function examplesOf(db: Db, subscriberId: string): Promise<Example[]> {
  return (await examplesOfAll(db, [subscriberId])).get(subscriberId) ?? [];
}

/** Those of several subscribers, by subscriber; who gave none is absent. */
export async function examplesOfAll(db: Db, subscriberIds: string[]): Promise<Map<string, Example[]>> {
  const rows = await db.$queryRaw<(Example & { subscriberId: string })[]>`
    SELECT subscriber_id::text AS "subscriberId", paper_id AS "paperId", title, kind::text, e.created_at AS "createdAt"
    FROM examples e JOIN papers p ON p.id = e.paper_id WHERE subscriber_id = ANY (${subscriberIds}::uuid[])
    ORDER BY e.created_at DESC, paper_id`;
  return Map.groupBy(rows, ({ subscriberId }) => subscriberId);
}

/**
 * Asks for more papers like this one, or for less; the last word on a paper counts. Repeatable.
 * `gone` when the subscriber has left, or no source has listed the paper.
 */
export async function addExample(
  { db, now }: App,
  subscriberId: string,
  paperId: string,
  kind: ExampleKind,
): Promise<{ status: 'kept' | 'gone' }> {
  return db.$transaction(async (tx) => {
    const kept = await tx.$executeRaw`
      INSERT INTO examples (subscriber_id, paper_id, kind, created_at)
      SELECT s.id, p.id, ${kind}::example_kind, ${now()}
      FROM subscribers s, papers p
      WHERE s.id = ${subscriberId}::uuid AND s.status IN ('active', 'paused') AND p.id = ${paperId}
      ON CONFLICT (subscriber_id, paper_id) DO UPDATE SET kind = excluded.kind, created_at = excluded.created_at`;
    await tx.$executeRaw`
      DELETE FROM examples WHERE subscriber_id = ${subscriberId}::uuid AND paper_id IN (
        SELECT paper_id FROM examples WHERE subscriber_id = ${subscriberId}::uuid
        ORDER BY created_at DESC, paper_id OFFSET ${MOST_EXAMPLES})`;
    return { status: kept > 0 ? 'kept' : 'gone' };
  });
}

/** Takes it back. Repeatable: false when there was no such example. */
export async function dropExample({ db }: App, subscriberId: string, paperId: string): Promise<boolean> {
  const { count } = await db.example.deleteMany({ where: { subscriberId, paperId } });
  return count > 0;
}

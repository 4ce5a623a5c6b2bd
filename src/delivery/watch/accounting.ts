import type { Db } from '../../lib/db.ts';

export type Accounting = {
  /** Deliveries composed for the edition; the rows below add up to it. */
  eligible: number;
  rows: { status: string; reason: string | null; count: number }[];
};

/** The ledger of one edition: what became of every digest that was due, by state and reason. */
export async function accounting(db: Db, editionDate: Date): Promise<Accounting> {
  const groups = await db.delivery.groupBy({
    by: ['status', 'reason'],
    where: { editionDate },
    _count: true,
    orderBy: [{ status: 'asc' }, { reason: 'asc' }],
  });
  const rows = groups.map(({ status, reason, _count }) => ({ status, reason, count: _count }));
  return { eligible: rows.reduce((sum, { count }) => sum + count, 0), rows };
}

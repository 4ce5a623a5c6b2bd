import type { App } from '../app.ts';
import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';
import { byHeat, type Changes, changes, heat, type Measured } from './heat.ts';

export type Candidate = Omit<Changes, 'pace'> & { id: string; heat: number; rank: number };

/** The papers that were listed within the edition's window, hottest first, with their signals as of an instant. */
export async function candidates(
  { config }: App,
  tx: Tx,
  { date, asOf }: { date: Day; asOf: Date },
): Promise<Candidate[]> {
  const after = startOf(addDays(date, -config.editionWindowDays));
  const papers = await tx.paper.findMany({
    where: { listedOn: { gt: after, lte: startOf(date) } },
    select: { id: true, listedOn: true },
  });
  const signals = await tx.$queryRaw<({ paperId: string } & Measured)[]>`
    SELECT paper_id AS "paperId", measured_at AS "measuredAt", votes, comments, stars
    FROM signals JOIN papers ON id = paper_id
    WHERE listed_on > ${after}::date AND listed_on <= ${startOf(date)}::date`;
  const measured = Map.groupBy(signals, ({ paperId }) => paperId);
  return papers
    .map(({ id, listedOn }) => {
      const { pace, ...changed } = changes(measured.get(id) ?? [], asOf, dayOf(listedOn));
      const ageHours = (asOf.getTime() - listedOn.getTime()) / 3_600_000;
      return { id, ...changed, heat: heat({ ...changed, votesGained: pace }, ageHours) };
    })
    .sort(byHeat)
    .map((paper, index) => ({ ...paper, rank: index + 1 }));
}

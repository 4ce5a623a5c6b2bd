import type { App } from '../app.ts';
import { printable } from './text.ts';

/** How many papers of an edition the model of EMBEDDINGS has read. */
export type MeaningStatus = { model: string; papers: number; read: number };

/** Null without a model. */
export async function meaningStatus({ db, embedder }: App, date: Date): Promise<MeaningStatus | null> {
  if (!embedder) return null;
  const { model } = embedder;
  const [counts] = await db.$queryRaw<[Omit<MeaningStatus, 'model'>]>`
    SELECT count(*)::int AS papers, count(v.paper_id)::int AS read
    FROM edition_papers e LEFT JOIN paper_vectors v ON v.paper_id = e.paper_id AND model = ${model}
    WHERE edition_date = ${date}::date`;
  return { model, ...counts };
}

export const meaningLine = ({ model, papers, read }: MeaningStatus): string =>
  `  meaning, by ${printable(model)}: ${
    read === papers
      ? 'all papers read'
      : `${read} of ${papers} papers read; the others match by their words alone (where it stays so: paperboy doctor)`
  }`;

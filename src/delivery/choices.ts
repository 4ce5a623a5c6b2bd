import type { App } from '../app.ts';
import type { Digest, DigestPaper } from '../digests/digest.ts';
import type { Edition } from '../editions/edition.ts';

/** A digest as the ledger keeps it: what was chosen and why, not the papers themselves, which are the edition's. */
export type Choices = { weekly?: boolean; topics: string[]; papers: Choice[]; trending: Choice[] };
type Choice = { id: string; topic: string | null; reasons: string[] };

/** Writes down what was chosen, once: an attempt that repeats another's sends what that one chose. */
export async function keep(
  { db }: App,
  chosen: ReadonlyMap<string, { digest: Digest }>,
  lease: string,
): Promise<void> {
  if (chosen.size === 0) return;
  const choices = [...chosen.values()].map(({ digest }) => JSON.stringify(choicesOf(digest)));
  await db.$executeRaw`
    UPDATE deliveries AS d SET choices = c.choices::jsonb,
      paper_ids = ARRAY(SELECT p->>'id' FROM jsonb_array_elements((c.choices::jsonb->'papers') || (c.choices::jsonb->'trending')) AS p)
    FROM unnest(${[...chosen.keys()]}::uuid[], ${choices}::text[]) AS c(id, choices)
    WHERE d.id = c.id AND d.lease = ${lease}::uuid AND d.choices IS NULL`;
}

/** The digest again, from the ledger and the frozen edition. */
export function restore(edition: Edition, { weekly = false, topics, papers, trending }: Choices): Digest {
  const byId = new Map(edition.papers.map((paper) => [paper.id, paper]));
  const section = (choices: Choice[]): DigestPaper[] =>
    choices.flatMap(({ id, topic, reasons }) => {
      const paper = byId.get(id);
      return paper ? [{ paper, topic, reasons }] : [];
    });
  return {
    date: edition.date,
    weekly,
    topics,
    papers: section(papers),
    trending: section(trending),
    notes: edition.notes,
  };
}

function choicesOf({ weekly, topics, papers, trending }: Digest): Choices {
  const section = (some: DigestPaper[]) =>
    some.map(({ paper, topic, reasons }) => ({ id: paper.id, topic, reasons }));
  return { weekly, topics, papers: section(papers), trending: section(trending) };
}

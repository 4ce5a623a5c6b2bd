import type { Digest, DigestPaper } from '../digests/digest.ts';
import type { Edition } from '../editions/edition.ts';
import type { Kept } from './ledger.ts';

/** A digest as the ledger keeps it: what was chosen and why, not the papers themselves, which are the edition's. */
export type Choices = { weekly?: boolean; topics: string[]; papers: Choice[]; trending: Choice[] };
type Choice = { id: string; topic: string | null; reasons: string[] };

/** What the ledger keeps of a digest. */
export function kept({ weekly, topics, papers, trending }: Digest): Kept {
  const section = (some: DigestPaper[]) =>
    // One reason that Postgres cannot read would keep it from all that are begun with it.
    some.map(({ paper, topic, reasons }) => ({
      id: paper.id,
      topic,
      reasons: reasons.map((reason) => reason.toWellFormed()),
    }));
  const choices: Choices = { weekly, topics, papers: section(papers), trending: section(trending) };
  return { choices, paperIds: [...papers, ...trending].map(({ paper }) => paper.id) };
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

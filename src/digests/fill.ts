import type { EditionPaper } from '../editions/edition.ts';
import type { Field } from './field.ts';
import type { Known } from './reader.ts';
import type { Twin } from './reasons.ts';
import { best, type Given, type Standing } from './standings.ts';

type Chosen = Standing & { twin: Twin | undefined };

/**
 * First one of each topic, then whatever is best; only where nothing else is left, a twin of what the reader has had, and
 * last a twin of a chosen paper.
 */
export function fill(
  places: Standing[][],
  { field, reader: { maxPapers }, known: { sent } }: Given,
): Chosen[] {
  const chosen = new Map<string, Chosen>();
  const isNews = (standing: Standing) => twinOf(standing.paper, field, { chosen, sent }) === undefined;
  const take = (standing: Standing) => {
    if (chosen.size >= maxPapers || chosen.has(standing.paper.id)) return;
    chosen.set(standing.paper.id, { ...standing, twin: twinOf(standing.paper, field, { chosen, sent }) });
  };
  for (const topic of places) {
    const served = topic.some(({ paper }) => chosen.has(paper.id));
    const first = topic.find(isNews) ?? topic[0];
    if (first && !served) take(first);
  }
  const rest = places.flat().sort(best);
  for (const standing of rest) if (isNews(standing)) take(standing);
  for (const standing of rest) if (!isTwin(standing.paper, field, chosen)) take(standing);
  for (const standing of rest) take(standing);
  return [...chosen.values()].sort(best);
}

type Having = { has: (id: string) => boolean };

const isTwin = ({ id }: EditionPaper, { twins }: Field, of: ReadonlyMap<string, unknown>): boolean =>
  twins.get(id)?.isDisjointFrom(of) === false;

/** What a paper is nearly the same as, in this digest or an earlier one. What is back itself is judged by this one alone. */
export function twinOf(
  { id }: EditionPaper,
  { twins, papers }: Field,
  { chosen, sent }: { chosen: Having; sent: Known['sent'] },
): Twin | undefined {
  const near = twins.get(id)?.values().toArray();
  if (!near) return undefined;
  const here = near.find((other) => chosen.has(other));
  const before = sent.has(id) ? undefined : near.find((other) => sent.has(other));
  const paper = papers.get(here ?? before ?? '');
  return paper && { paper, had: here ? null : (sent.get(paper.id)?.on ?? null) };
}

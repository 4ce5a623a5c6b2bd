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
  places: readonly (readonly Standing[])[],
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
  const takeThose = (isEligible: (standing: Standing) => boolean) => {
    for (const standing of inOrder(places)) {
      if (chosen.size >= maxPapers) return;
      if (isEligible(standing)) take(standing);
    }
  };
  takeThose(isNews);
  takeThose(({ paper }) => !isTwin(paper, field, chosen));
  takeThose(() => true);
  return [...chosen.values()].sort(best);
}

/** All topics' papers, best first, as each topic's own are. A digest wants the first few of them. */
function* inOrder(places: readonly (readonly Standing[])[]): Generator<Standing> {
  const heads = places.map(() => 0);
  for (;;) {
    let first: Standing | undefined;
    let from = 0;
    for (const [n, topic] of places.entries()) {
      const head = topic[heads[n] ?? 0];
      if (head && (!first || best(head, first) < 0)) [first, from] = [head, n];
    }
    if (!first) return;
    heads[from] = (heads[from] ?? 0) + 1;
    yield first;
  }
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
  const near = twins.get(id);
  if (!near) return undefined;
  const here = firstIn(chosen, near);
  const before = here || sent.has(id) ? undefined : firstIn(sent, near);
  const paper = papers.get(here ?? before ?? '');
  return paper && { paper, had: here ? null : (sent.get(paper.id)?.on ?? null) };
}

function firstIn(some: Having, ids: ReadonlySet<string>): string | undefined {
  for (const id of ids) if (some.has(id)) return id;
  return undefined;
}

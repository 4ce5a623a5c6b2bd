import type { Term, Terms } from './terms.ts';

/**
 * A topic's terms in an order of their own, so that topics which ask for the same are the same: words stand as the reader
 * put them, for it matters which are neighbours, before what is demanded beside them; sides of OR stand by the alphabet.
 */
export function canonical({ branches, never }: Terms): Terms {
  const sides = new Map(
    branches.map((branch) => {
      const side = ordered(branch);
      return [spelledSide(side, 'text'), side];
    }),
  );
  return {
    branches: [...sides].sort(byText(([text]) => text)).map(([, side]) => side),
    never: byName(never),
  };
}

/** Each word once, and hyphenated ones as several. */
function ordered(branch: Term[]): Term[] {
  const words = branch.filter(({ kind }) => kind === 'word').flatMap(({ text }) => text.split(' '));
  return [
    ...[...new Set(words)].map((text): Term => ({ kind: 'word', text, written: text })),
    ...byName(branch.filter(({ kind }) => kind !== 'word')),
  ];
}

const byName = (terms: Term[]): Term[] => terms.toSorted(byText((term) => spelled(term, 'text')));

const byText =
  <Item>(textOf: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    textOf(a) < textOf(b) ? -1 : 1;

/** Terms as text that reads as them; the exclusions, which hold throughout, come last. */
export function spelledOut({ branches, never }: Terms, as: 'text' | 'written'): string {
  const sides = branches.map((branch) => spelledSide(branch, as));
  return [sides.join(' OR '), ...never.map((term) => `-${spelled(term, as)}`)].join(' ');
}

const spelledSide = (branch: Term[], as: 'text' | 'written'): string =>
  branch.map((term) => spelled(term, as)).join(' ');

function spelled(term: Term, as: 'text' | 'written'): string {
  const text = term[as];
  if (term.kind === 'word') return text;
  if (term.kind === 'phrase') return `"${text}"`;
  if (term.kind === 'category') return `cat:${text}`;
  return text.includes(' ') ? `author:"${text}"` : `author:${text}`;
}

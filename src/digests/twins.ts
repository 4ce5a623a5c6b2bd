import type { EditionPaper } from '../editions/edition.ts';

type Described = Pick<EditionPaper, 'id' | 'title' | 'authors'>;

/** Of titles, so much is to be the same, of all their words. */
const SAME_TITLE = 0.75;
/** Shorter titles are alike by chance: "Qwen Technical Report". */
const LEAST_WORDS = 4;
/** Of the smaller group of authors, so much is to be in the other. */
const SAME_GROUP = 0.5;
/** An author, or a word among the rarest of their titles, that more papers share than this says nothing of any two of them. */
const COMMON = 0.1;

/**
 * The papers that are nearly the same as each paper, by id; those that have none are absent. Two are, when the same group
 * gave them the same name ("Mamba-3: …" and "Mamba-3 Vision: …"), or when their titles have nearly the same words.
 */
export function twinsOf(papers: readonly Described[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = papers.map((paper) => {
    const words = wordsOf(paper.title);
    return {
      id: paper.id,
      words: new Set(words),
      stem: stemOf(paper.title),
      authors: new Set(paper.authors),
    };
  });
  const pairs = [
    ...sharing(all, ({ authors }) => authors).filter(
      ([a, b]) => sameName(a.stem, b.stem) && overlap(a.authors, b.authors, 'smaller') >= SAME_GROUP,
    ),
    ...sharing(all, rarest(all)).filter(
      ([a, b]) =>
        Math.min(a.words.size, b.words.size) >= LEAST_WORDS && overlap(a.words, b.words, 'all') >= SAME_TITLE,
    ),
  ];
  const twins = new Map<string, Set<string>>();
  for (const [a, b] of pairs) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      twins.set(one.id, (twins.get(one.id) ?? new Set()).add(other.id));
  }
  return twins;
}

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** What stands before a title's colon, without its version: "mamba" for "Mamba-3: …" and "Mamba-R1: …". Empty without a colon. */
function stemOf(title: string): string[] {
  const [, name] = /^(.{2,60}?)(?::\s|\s[–—-]\s|\s+technical report\b)/iu.exec(title) ?? [];
  const parts = wordsOf(name ?? '').map((word) => word.replace(/(?<=\p{L})v?\d+$/u, ''));
  return parts.filter((word) => word.length > 1 && !/^\d+$/.test(word));
}

/** The shorter name begins the longer one, and is half of it. */
function sameName(a: string[], b: string[]): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (shorter.length === 0 || longer.length > 2 * shorter.length) return false;
  return shorter.every((word, index) => word === longer[index]);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>, of: 'smaller' | 'all'): number {
  const both = a.intersection(b).size;
  return both / (of === 'all' ? a.size + b.size - both : Math.min(a.size, b.size));
}

/**
 * Of each title so many of its rarest words that two titles with nearly the same words share one of these: without the
 * others far fewer pairs are compared (the prefix filter of Chaudhuri et al., doi:10.1109/ICDE.2006.9).
 */
function rarest(all: { words: ReadonlySet<string> }[]) {
  const titles = new Map<string, number>();
  for (const { words } of all) for (const word of words) titles.set(word, (titles.get(word) ?? 0) + 1);
  const rarity = (word: string) => titles.get(word) ?? 0;
  return ({ words }: { words: ReadonlySet<string> }): ReadonlySet<string> => {
    const sorted = [...words].sort((a, b) => rarity(a) - rarity(b) || (a < b ? -1 : 1));
    return new Set(sorted.slice(0, words.size - Math.ceil(SAME_TITLE * words.size) + 1));
  };
}

/** The pairs that have something in common, each once. What very many have counts for nothing. */
function sharing<Item>(items: readonly Item[], marks: (item: Item) => ReadonlySet<string>): [Item, Item][] {
  const having = new Map<string, number[]>();
  for (const [index, item] of items.entries())
    for (const mark of marks(item)) {
      const group = having.get(mark) ?? [];
      having.set(mark, group);
      group.push(index);
    }
  const pairs = new Map<number, [Item, Item]>();
  for (const group of having.values()) {
    if (group.length > Math.max(10, COMMON * items.length)) continue;
    for (const [n, a] of group.entries())
      for (const b of group.slice(n + 1))
        pairs.set(a * items.length + b, [items[a] as Item, items[b] as Item]);
  }
  return [...pairs.values()];
}

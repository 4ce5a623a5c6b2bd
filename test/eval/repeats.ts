import type { History, Sent } from './history.ts';

/** Whether a reader was sent the same twice, or nearly the same side by side. */
export function repeatsTable({ readerDays }: History): string[][] {
  const sent = readerDays.flatMap(({ reader, papers }) => papers.map((paper) => ({ reader, ...paper })));
  const again = [...Map.groupBy(sent, ({ reader, id }) => `${reader} ${id}`).values()].flatMap(
    ([, ...rest]) => rest,
  );
  const alike = readerDays.flatMap(({ papers }) =>
    pairsOf(papers).filter(([one, other]) => isAlike(one.title, other.title)),
  );
  const says = (start: string) => (paper: Sent) => paper.reasons.some((reason) => reason.startsWith(start));
  return [
    ['papers sent', String(sent.length)],
    ['sent again to the same reader', String(again.length)],
    ['… and not said to be back', String(again.filter((paper) => !says('back')(paper)).length)],
    ['pairs with nearly the same title in one digest', String(alike.length)],
    ['… and not said to be close', String(alike.filter((pair) => !pair.some(says('close to'))).length)],
  ];
}

const pairsOf = <One>(some: One[]): [One, One][] =>
  some.flatMap((one, n) => some.slice(n + 1).map((other): [One, One] => [one, other]));

/** Both titles have half of all their words in common. */
function isAlike(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  return a.intersection(b).size >= 0.5 * a.union(b).size;
}

const wordsOf = (title: string) => new Set(title.toLowerCase().match(/\p{L}+/gu));

/** What the days of all readers ended in. */
export const silenceTable = ({ readerDays }: History): string[][] =>
  [...Map.groupBy(readerDays, ({ outcome }) => outcome)]
    .map(([outcome, days]): [string, number] => [outcome, days.length])
    .sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1))
    .map(([outcome, days]) => [outcome, String(days)]);

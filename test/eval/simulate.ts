import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, type Day, startOf } from '../../src/lib/day.ts';
import type { SourcePaper } from '../../src/papers/paper.ts';
import { seeded } from '../faults/random.ts';
import type { Lists } from './play.ts';

const [FIRST, LAST]: [Day, Day] = ['2026-05-11', '2026-05-29'];
/** No lists on weekends, nor on a holiday. */
const LISTED: Day[] = Array.from({ length: 19 }, (_, n) => addDays(FIRST, n)).filter(
  (day) => day !== '2026-05-25' && ![0, 6].includes(startOf(day).getUTCDay()),
);
const HOUR = 3_600_000;

/** How a paper fares, which the lists let nobody know before its time. */
type Fate = {
  paper: SourcePaper;
  /** It stands on these days' lists, the first of which is its own. */
  days: Day[];
  /** Hours after the first day's beginning. */
  appears: number;
  /** Votes in the end, and those of a second wave that begins so many hours after it appeared. */
  votes: number;
  second: { votes: number; after: number };
  comments: number;
  stars: number | null;
};

/**
 * Weeks of invented lists whose votes grow as we suppose they do: a few papers get most, half of a paper's come within half a
 * day, four in ten papers appear in the afternoon, one in twenty takes off days later. Some stand on two lists, some come
 * again with a title that is nearly the same.
 */
export function simulated(
  papers: SourcePaper[],
  folder: string,
): Lists & { votesAt: (id: string, instant: Date) => number } {
  const fates = fatesOf(papers);
  const byId = new Map(fates.map((fate) => [fate.paper.id, fate]));
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    first: FIRST,
    last: LAST,
    reread: 4,
    at: (instant) => {
      for (const day of LISTED)
        writeFileSync(join(folder, `${day}.json`), JSON.stringify(listOf(fates, day, instant)));
    },
    votesAt: (id, instant) => {
      const fate = byId.get(id);
      return fate ? votesOf(fate, instant) : 0;
    },
  };
}

function fatesOf(papers: SourcePaper[]): Fate[] {
  const random = seeded(7);
  const order = [...papers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const listed = order.flatMap((paper, n) => {
    const before = n % 20 === 12 ? order[n - 12] : undefined;
    return before ? [paper, revisited(before)] : [paper];
  });
  return listed.map((paper, n) => {
    const own = LISTED[Math.floor((n * LISTED.length) / listed.length)] ?? FIRST;
    const votes = Math.round(Math.exp(2.2 + 1.2 * normal(random)));
    const late = random() < 0.05;
    return {
      paper,
      days: random() < 0.03 ? [own, addDays(own, 1)] : [own],
      appears: random() < 0.4 ? 12 + 9 * random() : 12 * random(),
      votes,
      second: { votes: late ? 40 + 3 * votes : 0, after: 48 + 48 * random() },
      comments: Math.round(votes * 0.1 * random()),
      stars: random() < 0.5 ? Math.round(Math.exp(4 + 1.5 * normal(random))) : null,
    };
  });
}

const revisited = (paper: SourcePaper): SourcePaper => ({
  ...paper,
  id: paper.id.replace('2605.', '2606.'),
  title: `${paper.title}, Revisited`,
});

/** Of a normal distribution, by Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const hoursSince = ({ days: [own = FIRST], appears }: Fate, instant: Date): number =>
  (instant.getTime() - startOf(own).getTime()) / HOUR - appears;

/** The share of what comes in the end that has come after some hours. */
const come = (hours: number): number => (hours <= 0 ? 0 : 1 - 2 ** (-hours / 12));

function votesOf(fate: Fate, instant: Date): number {
  const hours = hoursSince(fate, instant);
  return Math.round(fate.votes * come(hours) + fate.second.votes * come(hours - fate.second.after));
}

const listOf = (fates: Fate[], day: Day, instant: Date) =>
  fates
    .filter((fate) => fate.days.includes(day) && hoursSince(fate, instant) >= 0)
    .map((fate) => ({
      paper: {
        id: fate.paper.id,
        title: fate.paper.title,
        summary: fate.paper.abstract,
        authors: fate.paper.authors.map((name) => ({ name })),
        ai_keywords: fate.paper.keywords,
        upvotes: votesOf(fate, instant),
        submittedOnDailyAt: `${fate.days[0]}T00:00:00.000Z`,
        ...(fate.stars === null
          ? {}
          : {
              githubRepo: `https://github.com/example/${fate.paper.id}`,
              githubStars: Math.round(fate.stars * (1 + votesOf(fate, instant) / 100)),
            }),
      },
      numComments: Math.round(fate.comments * come(hoursSince(fate, instant))),
    }));

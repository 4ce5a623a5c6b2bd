import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, type Day, startOf } from '../../src/lib/day.ts';
import { corpusOf } from './corpus.ts';
import type { Later } from './history.ts';
import type { Lists } from './play.ts';
import { simulated } from './simulate.ts';

/** Days to be played, and what became of their papers. */
export type Story = { lists: Lists; later: Later };

/** Weeks of invented lists; the caller removes their folder. */
export function inventedStory(): Story {
  const lists = simulated(corpusOf(undefined).papers, mkdtempSync(join(tmpdir(), 'paperboy-lists-')));
  return { lists, later: (id, day) => lists.votesAt(id, startOf(addDays(day, 8))) };
}

/** The last six weeks of recorded lists. A paper's later votes are those of a later list that has it too. */
export function recordedStory(folder: string): Story {
  const days = daysIn(folder);
  const last = days.at(-1) ?? '';
  const measured = Map.groupBy(
    days.flatMap((day) => votesIn(folder, day)),
    ({ id }) => id,
  );
  return {
    lists: { folder, first: addDays(last, -41), last, reread: 1 },
    later: (id, day) => measured.get(id)?.findLast((one) => one.day > day)?.votes ?? null,
  };
}

export const daysIn = (folder: string): Day[] =>
  readdirSync(folder)
    .flatMap((name) => /^(\d{4}-\d\d-\d\d)\.json$/.exec(name)?.[1] ?? [])
    .sort();

function votesIn(folder: string, day: Day): { id: string; day: Day; votes: number }[] {
  const list: { paper: { id: string; upvotes?: number } }[] = JSON.parse(
    readFileSync(join(folder, `${day}.json`), 'utf8'),
  );
  return list.map(({ paper }) => ({ id: paper.id, day, votes: paper.upvotes ?? 0 }));
}

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Line, Ratio } from './case.ts';

/** The ratios that a run had once, by the id of their line. */
export type Baseline = Record<string, number>;
/** Of small loads and of large ones: a ratio of the one says nothing of the other. */
type Kept = { date: string; machine: string; quick: Baseline; full: Baseline };

const file = fileURLToPath(new URL('baseline.json', import.meta.url));

export const readBaseline = (quick: boolean): Baseline => read()[quick ? 'quick' : 'full'];

/** Keeps the ratios of these lines; those of cases that were not run stay as they are. */
export function saveBaseline(
  lines: Line[],
  { quick, date, machine }: { quick: boolean } & Pick<Kept, 'date' | 'machine'>,
) {
  const kept = read();
  const which = quick ? 'quick' : 'full';
  const ratios = lines.flatMap(({ id, ratio }) =>
    ratio ? [[id, Number(ratio.value.toPrecision(3))] as const] : [],
  );
  const next: Kept = { ...kept, date, machine, [which]: { ...kept[which], ...Object.fromEntries(ratios) } };
  writeFileSync(file, `${JSON.stringify(next, null, 2)}\n`);
}

export type Check = {
  /** What has become slower than it was by more than the share `most` of its speed, a sentence each. */
  slower: string[];
  /** The ids of the ratios that no baseline was kept of. */
  unknown: string[];
  /** How many ratios have one. */
  compared: number;
};

/** A run beside the baseline. Pure. */
export function check(lines: Line[], baseline: Baseline, most: number): Check {
  const ratios = lines.flatMap(({ id, what, ratio }) =>
    ratio ? [{ id, what, ratio, was: baseline[id] }] : [],
  );
  const unknown = ratios.flatMap(({ id, was }) => (was === undefined ? [id] : []));
  const slower = ratios.flatMap(({ id, what, ratio, was }) => {
    if (was === undefined) return [];
    const lost = lossOf(ratio, was);
    // A ratio that is no number is a measurement that failed.
    return lost <= most
      ? []
      : [
          `${id}: ${what} is ${ratio.value.toPrecision(3)} × ${ratio.to}, was ${was}: lost ${Math.round(lost * 100)} %`,
        ];
  });
  return { slower, unknown, compared: ratios.length - unknown.length };
}

/** The share of its speed that a ratio has lost: half when what took 1 takes 2. */
const lossOf = ({ value, better }: Ratio, was: number): number =>
  1 - (better === 'more' ? value / was : was / value);

function read(): Kept {
  return JSON.parse(readFileSync(file, 'utf8'));
}

import type { Line } from './case.ts';

/** The figures as a table: each ratio beside its goal. */
export function table(lines: Line[]): string {
  const rows = lines.map(({ what, value, unit, ratio }) => [
    what,
    `${rounded(value)} ${unit}`,
    ratio ? `${rounded(ratio.value)} × ${ratio.to}` : '',
    ratio?.goal === undefined ? '' : `${ratio.better === 'more' ? '≥' : '≤'} ${ratio.goal}`,
    ratio?.goal === undefined ? '' : met(ratio) ? 'met' : 'MISSED',
  ]);
  const widths = rows.reduce(
    (most, row) => row.map((cell, n) => Math.max(cell.length, most[n] ?? 0)),
    [] as number[],
  );
  return rows
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const met = ({ value, better, goal }: NonNullable<Line['ratio']>): boolean =>
  goal === undefined || (better === 'more' ? value >= goal : value <= goal);

/** Three significant digits. */
export const rounded = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

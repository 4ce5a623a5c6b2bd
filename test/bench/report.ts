import type { Line } from './case.ts';

const HEADER = ['what', 'measured', 'beside its yardstick', 'goal', ''];

/** The figures as a table of Markdown, to be read as it is and kept in docs/speed.md: each ratio beside its goal. */
export function table(lines: Line[]): string {
  const rows = lines.map(({ what, value, unit, ratio }) => [
    what,
    `${rounded(value)} ${unit}`.trim(),
    ratio ? `${rounded(ratio.value)} × ${ratio.to}` : '',
    ratio?.goal === undefined ? '' : `${ratio.better === 'more' ? '≥' : '≤'} ${ratio.goal}`,
    ratio?.goal === undefined ? '' : met(ratio) ? 'met' : 'missed',
  ]);
  const widths = HEADER.map((_, n) => Math.max(...[HEADER, ...rows].map((row) => row[n]?.length ?? 0), 3));
  const line = (cells: string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  return [HEADER, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

export const met = ({ value, better, goal }: NonNullable<Line['ratio']>): boolean =>
  goal === undefined || (better === 'more' ? value >= goal : value <= goal);

/** Three significant digits. */
export const rounded = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

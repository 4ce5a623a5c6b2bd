import type * as PlotLibrary from '@observablehq/plot';
import type { Chronicle } from '../../delivery/watch/chronicle.ts';
import { type Day, startOf } from '../../lib/day.ts';

type Drawing = PlotLibrary.PlotOptions & {
  /** What those hear who do not see it. */
  label: string;
  /** The names that are drawn, and the numbers of the stylesheet's colours: 2 is good, 3 is a care, 4 is bad, 5 is neither. */
  colours?: Record<string, number>;
};

export type Marks = Record<'readers' | 'deliveries' | 'rates' | 'latency' | 'topics', Drawing>;

/** What is drawn of the last months. A young service is shown since it began, and two weeks at the least. */
export function marksOf(Plot: typeof PlotLibrary, chronicle: Chronicle): Marks {
  const days = chronicle.readers.map(({ day }) => day);
  const first = startOf(beginning(chronicle, days));
  const recent = <Row extends { day: Day }>(rows: Row[]) =>
    rows.map((row) => ({ ...row, at: startOf(row.day) })).filter(({ at }) => at >= first);
  const last = new Date(startOf(days.at(-1) as Day).getTime() + DAY);
  const x = { type: 'utc', label: null, ticks: 4, domain: [first, last] } as const;
  const perDay = { x: 'at', y: 'value', interval: 'day', insetLeft: 0.5, insetRight: 0.5 } as const;
  const line = (rows: object[]) => [
    Plot.lineY(rows, {
      x: 'at',
      y: 'value',
      z: 'what',
      stroke: 'what',
      strokeWidth: 1.75,
      curve: 'monotone-x',
    }),
    // Of a day alone there is no line.
    ...(rows.length < 30 ? [Plot.dot(rows, { x: 'at', y: 'value', fill: 'what', r: 3 })] : []),
  ];

  return {
    readers: {
      label: 'Readers by day: those who confirmed above the line, those who left or were suppressed below it',
      x,
      y: { grid: true, label: 'readers', nice: true, tickFormat: whole },
      colours: { 'signed up': 5, confirmed: 2, left: 3, suppressed: 4 },
      marks: [
        Plot.rectY(
          recent(chronicle.readers).flatMap(({ at, confirmed, left, suppressed }) => [
            { at, what: 'confirmed', value: confirmed },
            { at, what: 'left', value: -left },
            { at, what: 'suppressed', value: -suppressed },
          ]),
          { ...perDay, fill: 'what' },
        ),
        Plot.lineY(recent(chronicle.readers), {
          x: 'at',
          y: 'signedUp',
          stroke: 'var(--plot-5)',
          strokeWidth: 1.5,
          curve: 'step-after',
        }),
        Plot.ruleY([0]),
      ],
    },
    deliveries: {
      label: 'Deliveries by edition and what became of them',
      x,
      y: { grid: true, label: 'deliveries', tickFormat: whole },
      colours: { sent: 2, skipped: 5, failed: 4, waiting: 3 },
      marks: [
        Plot.rectY(
          recent(chronicle.deliveries).map(({ at, status, count }) => ({
            at,
            what: status === 'queued' || status === 'sending' ? 'waiting' : status,
            value: count,
          })),
          { ...perDay, fill: 'what', order: ['sent', 'skipped', 'failed', 'waiting'] },
        ),
        Plot.ruleY([0]),
      ],
    },
    rates: {
      label: 'Complaints and bounces as shares of the mails of seven days, against Gmail’s lines',
      x,
      // So far that the lines that matter are not flattened by a small list's one bounce.
      y: {
        grid: true,
        label: '% of mails',
        percent: true,
        clamp: true,
        domain: [0, Math.min(1, Math.max(0.4, ...chronicle.rates.map(worst)))],
      },
      colours: { complaints: 1, bounces: 5, [WISHED]: 3, [REFUSED]: 4 },
      marks: [
        Plot.ruleY([0.001], { stroke: () => WISHED, strokeDasharray: '4 3' }),
        Plot.ruleY([0.003], { stroke: () => REFUSED, strokeDasharray: '4 3' }),
        Plot.ruleY([0]),
        ...line(
          recent(chronicle.rates).flatMap(({ at, complaints, bounces }) => [
            { at, what: 'complaints', value: complaints },
            { at, what: 'bounces', value: bounces },
          ]),
        ),
      ],
    },
    latency: {
      label: 'Minutes from composed to sent, by edition',
      x,
      y: { grid: true, label: 'minutes', zero: true, nice: true },
      colours: { half: 1, '95 of 100': 3 },
      marks: [
        Plot.ruleY([0]),
        ...line(
          recent(chronicle.latency).flatMap(({ at, p50, p95 }) => [
            { at, what: '95 of 100', value: p95 / 60 },
            { at, what: 'half', value: p50 / 60 },
          ]),
        ),
      ],
    },
    topics: {
      label: 'The topics that most readers have',
      height: Math.max(80, 26 * chronicle.topics.length + 40),
      marginLeft: 250,
      marginRight: 50,
      x: { label: null, axis: null },
      y: { label: null, tickSize: 0 },
      marks: [
        Plot.barX(chronicle.topics.map(short), {
          x: 'readers',
          y: 'query',
          fill: 'var(--plot-1)',
          sort: { y: '-x' },
          insetTop: 3,
          insetBottom: 3,
        }),
        Plot.text(chronicle.topics.map(short), {
          x: 'readers',
          y: 'query',
          text: ({ readers }: { readers: number }) => whole(readers),
          textAnchor: 'start',
          dx: 5,
          fill: 'currentColor',
        }),
      ],
    },
  };
}

const DAY = 86_400_000;
const FEWEST_DAYS = 14;

/** The first of the days on which anything happened, or the first of the fewest that are shown. */
function beginning({ readers, deliveries }: Chronicle, days: Day[]): Day {
  const busy = [
    ...readers.filter((row) => row.signedUp + row.confirmed + row.left + row.suppressed > 0),
    ...deliveries,
  ].map(({ day }) => day);
  return [...busy, days.at(-FEWEST_DAYS) ?? days[0]].sort()[0] as Day;
}

/** What Gmail asks of senders: https://support.google.com/mail/answer/81126. */
const WISHED = 'Gmail wants complaints below 0.1 %';
const REFUSED = 'and refuses from 0.3 %';

/** In per cent. */
const worst = ({ complaints, bounces }: Chronicle['rates'][number]) =>
  110 * Math.max(complaints ?? 0, bounces ?? 0);

const whole = (value: number) => (Number.isInteger(value) ? value.toLocaleString('en-GB') : '');

const MOST_LETTERS = 24;
const short = ({ query, readers }: { query: string; readers: number }) => ({
  query: query.length > MOST_LETTERS ? `${query.slice(0, MOST_LETTERS - 1)}…` : query,
  readers,
});

import { raw } from 'hono/html';
import type { Chronicle } from '../../delivery/watch/chronicle.ts';
import { startOf } from '../../lib/day.ts';
import type { Html } from '../layout.ts';

type Plots = Record<'readers' | 'deliveries' | 'rates' | 'latency' | 'topics', Html>;

const WIDTH = 620;
const HEIGHT = 220;

/**
 * The plots of the overview as SVG, drawn here: no script, no request, and colours that are the stylesheet's variables,
 * so that light and dark need no second drawing. The libraries are loaded with the first page that wants them.
 */
export async function drawPlots(chronicle: Chronicle): Promise<Plots> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<html></html>');
  const draw = (label: string, options: Parameters<typeof Plot.plot>[0]): Html => {
    const svg = Plot.plot({
      document,
      className: 'plot',
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 58,
      marginBottom: 42,
      marginTop: 28,
      style: {},
      ...options,
    });
    // Its own style element is what our policy forbids; the stylesheet has the rules (style/admin.css).
    svg.querySelector('style')?.remove();
    svg.removeAttribute('style');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    return raw(svg.outerHTML) as Html; // made by Plot, which escapes what it is given
  };
  const time = { type: 'utc', label: null, ticks: 4 } as const;
  const at = <Row extends { day: string }>(rows: Row[]) =>
    rows.map((row) => ({ ...row, at: startOf(row.day) }));
  const long = (names: [string, string][], rows: Record<string, unknown>[]) =>
    rows.flatMap((row) => names.map(([key, name]) => ({ at: row.at, what: name, value: row[key] })));

  const readers = long(
    [
      ['signedUp', 'signed up'],
      ['confirmed', 'confirmed'],
      ['left', 'left'],
      ['suppressed', 'suppressed'],
    ],
    at(chronicle.readers),
  );
  const rates = long(
    [
      ['complaints', 'complaints'],
      ['bounces', 'bounces'],
    ],
    at(chronicle.rates),
  );
  const latency = long(
    [
      ['p95', '95 of 100'],
      ['p50', 'half'],
    ],
    at(chronicle.latency).map(({ p50, p95, ...row }) => ({ ...row, p50: p50 / 60, p95: p95 / 60 })),
  );
  return {
    readers: draw('Readers who signed up, confirmed, left and were suppressed, by day', {
      x: time,
      y: { grid: true, label: 'readers', nice: true },
      color: colours(['signed up', 'confirmed', 'left', 'suppressed']),
      marks: [
        Plot.ruleY([0]),
        Plot.lineY(readers, {
          x: 'at',
          y: 'value',
          z: 'what',
          stroke: 'what',
          strokeWidth: 1.75,
          curve: 'monotone-x',
        }),
      ],
    }),
    deliveries: draw('Deliveries by edition and what became of them', {
      x: {
        ...time,
        domain: [
          startOf(chronicle.readers[0]?.day ?? '2026-01-01'),
          startOf(chronicle.readers.at(-1)?.day ?? '2026-01-02'),
        ],
      },
      y: { grid: true, label: 'deliveries', tickFormat: 's' },
      color: colours(['sent', 'skipped', 'failed', 'queued', 'sending']),
      marks: [
        Plot.rectY(at(chronicle.deliveries), {
          x: 'at',
          y: 'count',
          fill: 'status',
          interval: 'day',
          insetLeft: 0.5,
          insetRight: 0.5,
          order: ['sent', 'skipped', 'failed', 'queued', 'sending'],
        }),
        Plot.ruleY([0]),
      ],
    }),
    rates: draw('Complaints and bounces as shares of the mails of seven days, against Gmail’s lines', {
      x: time,
      // A small list's one bounce must not flatten the lines that matter.
      y: { grid: true, label: '% of mails', percent: true, domain: [0, 1], clamp: true },
      color: colours(['complaints', 'bounces']),
      marks: [
        Plot.ruleY([0.001], { stroke: 'var(--plot-3)', strokeDasharray: '4 3' }),
        Plot.ruleY([0.003], { stroke: 'var(--plot-4)', strokeDasharray: '4 3' }),
        Plot.text(
          [
            [0.001, '0.1 %: keep complaints below'],
            [0.003, '0.3 %: Gmail refuses'],
          ],
          {
            y: (d) => d[0],
            text: (d) => d[1],
            frameAnchor: 'right',
            textAnchor: 'end',
            dy: -6,
            fill: 'var(--soft)',
          },
        ),
        Plot.ruleY([0]),
        Plot.lineY(rates, { x: 'at', y: 'value', z: 'what', stroke: 'what', strokeWidth: 1.75 }),
      ],
    }),
    latency: draw('Minutes from composed to sent, by edition', {
      x: time,
      y: { grid: true, label: 'minutes', zero: true, nice: true },
      color: colours(['half', '95 of 100']),
      marks: [
        Plot.ruleY([0]),
        Plot.lineY(latency, { x: 'at', y: 'value', z: 'what', stroke: 'what', strokeWidth: 1.75 }),
      ],
    }),
    topics: draw('The topics that most readers have', {
      height: Math.max(80, 26 * chronicle.topics.length + 40),
      marginLeft: 250,
      marginRight: 40,
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
          text: 'readers',
          textAnchor: 'start',
          dx: 5,
          fill: 'currentColor',
        }),
      ],
    }),
  };
}

const PALETTE = ['var(--plot-1)', 'var(--plot-2)', 'var(--plot-3)', 'var(--plot-4)', 'var(--plot-5)'];

/** The page has the legends, in HTML (page.ts). */
const colours = (names: string[]) => ({
  type: 'ordinal' as const,
  domain: names,
  range: PALETTE.slice(0, names.length),
});

const MOST_LETTERS = 24;
const short = ({ query, readers }: { query: string; readers: number }) => ({
  query: query.length > MOST_LETTERS ? `${query.slice(0, MOST_LETTERS - 1)}…` : query,
  readers,
});

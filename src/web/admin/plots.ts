import { raw } from 'hono/html';
import type { Chronicle } from '../../delivery/watch/chronicle.ts';
import type { Html } from '../layout.ts';
import { type Marks, marksOf } from './marks.ts';

/** A plot, and what its colours stand for: the numbers of the stylesheet's. */
export type Drawn = { svg: Html; legend: { name: string; colour: number }[] };

export type Plots = Record<keyof Marks, Drawn>;

/**
 * The plots of the overview as SVG, drawn here: no script, no request, and colours that are the stylesheet's variables,
 * so that light and dark need no second drawing. The libraries are loaded with the first page that wants them.
 */
export async function drawPlots(chronicle: Chronicle): Promise<Plots> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<html></html>');
  const drawn = Object.entries(marksOf(Plot, chronicle)).map(([name, { label, colours, ...options }]) => {
    const svg = Plot.plot({
      document,
      className: 'plot',
      width: 620,
      height: 220,
      marginLeft: 58,
      marginBottom: 42,
      marginTop: 28,
      style: {},
      ...(colours
        ? {
            color: {
              type: 'ordinal',
              domain: Object.keys(colours),
              range: Object.values(colours).map(variable),
            },
          }
        : {}),
      ...options,
    });
    // Its own style element is what our policy forbids; the stylesheet has the rules (style/admin.css).
    svg.querySelector('style')?.remove();
    svg.removeAttribute('style');
    // It is one picture: its parts need no names.
    for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    const legend = Object.entries(colours ?? {}).map(([name, colour]) => ({ name, colour }));
    return [name, { svg: raw(svg.outerHTML), legend }]; // made by Plot, which escapes what it is given
  });
  return Object.fromEntries(drawn) as Plots;
}

const variable = (colour: number) => `var(--plot-${colour})`;

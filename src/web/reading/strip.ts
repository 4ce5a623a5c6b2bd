import { html } from 'hono/html';
import type { Day } from '../../lib/day.ts';
import type { Html } from '../layout.ts';

const BAR = 7;
const HEIGHT = 24;

/** A bar for each day, drawn without a style or a script. What it says, `label` says in words. */
export function strip(days: readonly Day[], counts: readonly number[], label: string): Html {
  const most = Math.max(1, ...counts);
  const width = days.length * BAR;
  return html`<svg class="strip" role="img" aria-label="${label}" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}">${days.map(
    (day, n) => {
      const count = counts[n] ?? 0;
      const height = count === 0 ? 1 : Math.max(3, Math.round((HEIGHT * count) / most));
      return html`<rect x="${n * BAR}" y="${HEIGHT - height}" width="${BAR - 2}" height="${height}"><title>${day}: ${count}</title></rect>`;
    },
  )}</svg>`;
}

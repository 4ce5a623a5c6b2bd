import cliProgress from 'cli-progress';
import type { App } from '../app.ts';

/** What a verb of the command line answers: `data` for --json, `lines` for people. A verb that printed as it went has neither. */
export type Answer = { data?: unknown; lines: string[]; failed?: boolean };

export type Terminal = {
  json: boolean;
  /** Shows a progress bar when standard error is a terminal and the answer is for people; does nothing otherwise. */
  progress: (label: string) => { update: (done: number, total?: number) => void; stop: () => void };
};

export type Run = (app: App, terminal: Terminal) => Promise<Answer>;

export function openTerminal(json: boolean): Terminal {
  const shown = process.stderr.isTTY && !json;
  return {
    json,
    progress: (label) => {
      if (!shown) return { update: () => {}, stop: () => {} };
      const bar = new cliProgress.SingleBar(
        {
          format: `${label} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
          hideCursor: true,
          clearOnComplete: true,
        },
        cliProgress.Presets.shades_classic,
      );
      bar.start(1, 0);
      return {
        update: (done, total) => {
          if (total !== undefined) bar.setTotal(Math.max(total, 1));
          bar.update(done);
        },
        stop: () => bar.stop(),
      };
    },
  };
}

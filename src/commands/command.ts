import type { Writable } from 'node:stream';
import cliProgress from 'cli-progress';
import type { App } from '../app.ts';
import { printable } from './text.ts';

/**
 * What a verb of the command line answers: `data` for --json, `lines` for people. A verb that printed as it went has
 * neither. `wrong`: what was asked for makes no sense, and nothing was done.
 */
export type Answer = { data?: unknown; lines: string[]; failed?: boolean | 'wrong' };

/** The answer to what makes no sense. */
export const wrong = (problems: string[]): Answer => ({
  data: { problems },
  lines: problems.map(printable),
  failed: 'wrong',
});

export type Terminal = {
  json: boolean;
  /**
   * Shows a progress bar from the first update on, when standard error is a terminal and the answer is for people; does
   * nothing otherwise.
   */
  progress: (label: string) => { update: (done: number, total: number) => void; stop: () => void };
};

export type Run = (app: App, terminal: Terminal) => Promise<Answer>;

/** @param stream where progress is shown */
export function openTerminal(
  json: boolean,
  stream: Writable & { isTTY?: boolean } = process.stderr,
): Terminal {
  const shown = stream.isTTY && !json;
  return {
    json,
    progress: (label) => {
      if (!shown) return { update: () => {}, stop: () => {} };
      const bar = new cliProgress.SingleBar(
        {
          format: `${label} {bar} {percentage} % {eta_formatted}`,
          formatTime: timeLeft,
          etaBuffer: 100,
          stream: stream as NodeJS.WritableStream,
          hideCursor: true,
          clearOnComplete: true,
        },
        cliProgress.Presets.shades_classic,
      );
      return {
        update: (done, total) => {
          if (!bar.isActive) bar.start(Math.max(total, 1), done);
          bar.update(done);
        },
        stop: () => bar.stop(),
      };
    },
  };
}

/** The library's guess is a number of seconds, or a word when it has none. */
function timeLeft(seconds: unknown): string {
  if (typeof seconds !== 'number') return '';
  return seconds < 90 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
}

import type { Writable } from 'node:stream';
import { createApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { type Answer, openTerminal, type Run, type Terminal } from './command.ts';
import { printable } from './text.ts';

/** What the command line is called with, beside its arguments, and where its answers go. */
export type Surroundings = {
  env: () => Record<string, string | undefined>;
  stdin: AsyncIterable<Buffer>;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
};

/** Has verbs answer: in lines for people or as JSON for scripts, and with an exit status. */
export function answering({ env, stdout, stderr }: Surroundings, json: boolean) {
  let status = 0;
  return { run, answer, status: () => status };

  /** Opens the app, runs a verb and answers with what it says. */
  function run(load: () => Promise<Run>): Promise<void> {
    return answer(async (terminal) => {
      const config = loadConfig(env());
      const verb = await load();
      const logLevel = config.logLevel === 'info' ? 'error' : config.logLevel;
      const app = await createApp({ ...config, logLevel });
      return verb(app, terminal).finally(() => app.close());
    });
  }

  async function answer(work: (terminal: Terminal) => Promise<Answer>): Promise<void> {
    try {
      const { data, lines, failed = false } = await work(openTerminal(json, stderr));
      const text = lines.join('\n');
      const said = json ? JSON.stringify(data ?? (failed ? { error: text } : undefined)) : text;
      // Where a program reads the answer it is not to take a refusal for one.
      if (said) (failed === 'wrong' && !json ? stderr : stdout).write(`${said}\n`);
      status = failed === 'wrong' ? 2 : failed ? 1 : 0;
    } catch (error) {
      const message = printable(error instanceof Error ? error.message : String(error));
      stderr.write(`${json ? JSON.stringify({ error: message }) : message}\n`);
      status = error instanceof ConfigError ? 2 : 1;
    }
  }
}

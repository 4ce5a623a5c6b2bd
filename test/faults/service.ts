import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { scratchFolder } from './scratch.ts';

const entries = {
  main: fileURLToPath(new URL('../../src/main.ts', import.meta.url)),
  composer: fileURLToPath(new URL('composer.ts', import.meta.url)),
  worker: fileURLToPath(new URL('worker.ts', import.meta.url)),
};

/** As `npm start` has them. */
const words = manifest.scripts.start.split(' ');
const flags = words.filter((word) => word.startsWith('--'));
const environment = Object.fromEntries(
  words.filter((word) => word.includes('=') && !word.startsWith('--')).map((word) => word.split('=')),
);

/** How a process ended. */
export type End = { code: number | null; signal: NodeJS.Signals | null };

/** One process of the real service, from its start to its end. */
export type Service = {
  name: string;
  pid: number;
  /** The port of its web pages, once up. */
  port: () => number;
  up: Promise<void>;
  ended: Promise<End>;
  end: () => End | undefined;
  signal: (signal: NodeJS.Signals) => void;
  /** Its log lines of level warn and above. */
  complaints: { level: number; msg: string; [field: string]: unknown }[];
};

const running = new Set<ChildProcess>();
/** Compiled once, not at each of a hundred starts. */
const compiled = scratchFolder();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Starts the service with just these settings. `main` is the service itself, `worker` its worker with a clock and a death of its own. */
export function startService({
  name,
  entry = 'main',
  env,
  folder,
}: {
  name: string;
  entry?: keyof typeof entries;
  env: Record<string, string>;
  folder: string;
}): Service {
  const child = spawn(process.execPath, [...flags, entries[entry]], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment, NODE_COMPILE_CACHE: compiled, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  let end: End | undefined;
  let port = 0;
  const complaints: Service['complaints'] = [];
  const up = Promise.withResolvers<void>();
  up.promise.catch(() => {});
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    up.reject(new Error(`${name} ended (${code ?? signal}) before it was up`));
    end = { code, signal };
    return end;
  });
  createInterface({ input: child.stderr }).on('line', (text) => {
    const line = parsed(text);
    if (line.level >= 40) complaints.push(line);
    if (line.msg !== 'paperboy is up') return;
    port = Number(line.port ?? 0);
    up.resolve();
  });
  return {
    name,
    pid: child.pid ?? 0,
    port: () => port,
    up: up.promise,
    ended,
    end: () => end,
    signal: (signal) => child.kill(signal),
    complaints,
  };
}

/** What is not JSON was printed by something that broke. */
function parsed(text: string): Service['complaints'][number] {
  try {
    return JSON.parse(text);
  } catch {
    return { level: 60, msg: text };
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A process of the bench's own, which answers each message with one. */
async function start(file: string, args: string[]) {
  const child: ChildProcess = fork(fileOf(file), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [hello] = await once(child, 'message');
  return {
    hello,
    ask: async (question: object) => {
      const answer = once(child, 'message');
      child.send(question);
      const [said] = await answer;
      return said;
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

export type Sink = AsyncDisposable & { url: string; taken: () => Promise<number> };

/** A mail server in a process of its own. */
export async function openSink(): Promise<Sink> {
  const { hello, ask, ...rest } = await start('sink.ts', []);
  return { ...rest, url: `smtp://127.0.0.1:${hello.port}`, taken: async () => (await ask({})).taken };
}

export type SenderKind = 'raw' | 'mailer' | 'composed';
/** Sends so many, and says how many milliseconds of CPU one took. */
export type Sender = AsyncDisposable & { send: (count: number) => Promise<number> };

/** A process that does nothing but send. */
export async function openSender(kind: SenderKind, url: string): Promise<Sender> {
  const { ask, hello: _, ...rest } = await start('sender.ts', [kind, url]);
  return { ...rest, send: async (count) => (await ask({ count })).cpuMs };
}

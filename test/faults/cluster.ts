import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../.ci/with-postgres', import.meta.url));

/** A PostgreSQL server of one's own, which may be killed and brought back. */
export type Cluster = AsyncDisposable & { server: string; stop: () => void; start: () => void };

/** @throws when there is no PostgreSQL on this machine. */
export async function openCluster(): Promise<Cluster> {
  // It lives for as long as our end of the pipe is open.
  const child = spawn('bash', [script, 'bash', '-c', 'echo "$DATABASE_URL"; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = once(createInterface({ input: child.stdout }), 'line');
  const [server] = await Promise.race([line, ended.then(() => [undefined])]);
  if (typeof server !== 'string') throw new Error('No PostgreSQL server could be started.');
  const folder = new URL(server).searchParams.get('host') ?? '';
  const pgCtl = (...args: string[]) =>
    asOwner(`${binaries()}/pg_ctl`, ['-D', `${folder}/data`, '-s', '-w', ...args]);
  return {
    server,
    stop: () => pgCtl('-m', 'immediate', 'stop'),
    start: () =>
      pgCtl(
        ...['-l', `${folder}/log`, 'start', '-o'],
        `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`,
      ),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function binaries(): string {
  const root = '/usr/lib/postgresql';
  const version = readdirSync(root)
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  return `${root}/${version}/bin`;
}

/** PostgreSQL refuses to run as root. */
function asOwner(command: string, args: string[]): void {
  const root = process.getuid?.() === 0;
  const owner = ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', command];
  execFileSync(root ? 'setpriv' : command, root ? [...owner, ...args] : args, { stdio: 'ignore' });
}

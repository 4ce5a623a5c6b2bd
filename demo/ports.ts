import { createServer } from 'node:net';

/** The wanted port of 127.0.0.1, or another when it is taken. */
export async function freePort(wanted: number): Promise<{ port: number; taken: boolean }> {
  const port = (await listenable(wanted)) ?? (await listenable(0));
  if (port === null) throw new Error('No free port on 127.0.0.1.');
  return { port, taken: port !== wanted };
}

function listenable(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null));
    });
  });
}

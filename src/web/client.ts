import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { App } from '../app.ts';
import { clientAddress, household } from '../lib/client-address.ts';

/** Who asks, for limits only; null for a request that came through no socket, which is this process's own. */
export function clientOf({ config }: Pick<App, 'config'>, context: Context): string | null {
  const socket = (context.env as Partial<HttpBindings> | undefined)?.incoming?.socket;
  if (!socket) return null;
  const remote = socket.remoteAddress ?? '';
  // A Unix socket has no address, nor has a connection that is gone.
  if (isIP(remote) === 0) return 'nowhere';
  return household(clientAddress(remote, context.req.header('x-forwarded-for'), config.trustProxy));
}

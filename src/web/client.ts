import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { App } from '../app.ts';
import { clientAddress, household } from '../lib/client-address.ts';

/** Who asks, for limits only; null for a request that came through no socket, which is this process's own. */
export function clientOf({ config }: Pick<App, 'config'>, context: Context): string | null {
  const remote = remoteOf(context);
  if (remote === null || isIP(remote) === 0) return remote;
  return household(clientAddress(remote, context.req.header('x-forwarded-for'), config.trustProxy));
}

/** Whether somebody who is not trusted says whom he asks for: a liar, or a proxy that TRUST_PROXY should name. */
export function comesThroughStranger({ config }: Pick<App, 'config'>, context: Context): boolean {
  const remote = remoteOf(context);
  if (!remote || isIP(remote) === 0 || !context.req.header('x-forwarded-for')) return false;
  return !config.trustProxy(remote, 0);
}

/** A Unix socket has no address, nor has a connection that is gone. */
function remoteOf(context: Context): string | null {
  const socket = (context.env as Partial<HttpBindings> | undefined)?.incoming?.socket;
  return socket ? (socket.remoteAddress ?? 'nowhere') : null;
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestApp } from '../support/app.ts';

export type Reply = { status?: number; headers?: Record<string, string>; body?: string };

/** A real HTTP server on loopback that answers as `reply` says and remembers what it was asked. */
export async function startPeer() {
  const peer = {
    url: '',
    asked: [] as { url: URL; headers: IncomingMessage['headers'] }[],
    /** Undefined: no answer ever. */
    reply: (_url: URL): Reply | undefined => ({ status: 404 }),
    close: async () => {},
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://peer');
    peer.asked.push({ url, headers: request.headers });
    const reply = peer.reply(url);
    if (reply) response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  peer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  peer.close = () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return peer;
}

export type Peer = Awaited<ReturnType<typeof startPeer>>;

/** Answers one after the other, the last one for ever. */
export function inOrder(...replies: Reply[]): () => Reply | undefined {
  let next = 0;
  return () => replies[Math.min(next++, replies.length - 1)];
}

/** Lets the app's clock run on instead of waiting, and remembers each wait in milliseconds. */
export function timeMachine(app: () => TestApp) {
  const pauses: number[] = [];
  const wait = async (ms: number) => {
    pauses.push(ms);
    app().setNow(new Date(app().now().getTime() + ms).toISOString());
  };
  return { pauses, wait };
}

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { Conversation } from './conversation.ts';

/** Where a conversation stands, named after what the peer is about to answer; `taken` and `replied` come after the dot. */
export type Stage =
  | 'connect'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'dot'
  | 'taken'
  | 'replied';

export type Visit = {
  stage: Stage;
  /** Connections are numbered from 1. */
  connection: number;
  /** What the client calls itself in EHLO. */
  client: string;
  to: string;
  secure: boolean;
};

/** What the peer does instead of going on: `drop` cuts the connection, `stall` never answers, else the reply is sent. */
export type Act = 'drop' | 'stall' | { reply: string };

/** A message that the peer took: from here on it would be delivered. */
export type Taken = {
  client: string;
  connection: number;
  to: string;
  messageId: string;
  sha256: string;
  /** Milliseconds since the epoch. */
  at: number;
  secure: boolean;
};

export type Peer = AsyncDisposable & {
  port: number;
  taken: Taken[];
  /** How often each stage was reached, over all connections. */
  visits: Map<Stage, number>;
  /** Asked at every stage; nothing means: go on. May be changed at any time. */
  script: (visit: Visit) => Act | undefined;
  /** Milliseconds between the dot and its reply, for each message. */
  latency: () => number;
  /** Over all connections; undefined: as many as come. */
  perSecond: number | undefined;
  offers: { starttls: SecureContext | undefined; auth: boolean; pipelining: boolean };
};

/** An SMTP server (RFC 5321) every step of which can be made to fail. It keeps no mail, only what identifies it. */
export async function openPeer(
  options: Partial<Pick<Peer, 'script' | 'latency' | 'perSecond' | 'offers'>> = {},
): Promise<Peer> {
  const sockets = new Set<Socket>();
  const peer: Peer = {
    port: 0,
    taken: [],
    visits: new Map(),
    script: () => undefined,
    latency: () => 0,
    perSecond: undefined,
    offers: { starttls: undefined, auth: false, pipelining: true },
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
    ...options,
  };
  let connections = 0;
  const pace = pacemaker(peer);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    connections += 1;
    new Conversation(peer, pace, socket, connections).begin();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  peer.port = (server.address() as AddressInfo).port;
  return peer;
}

/** Resolves when the next message may be answered. */
function pacemaker(peer: Peer): () => Promise<unknown> {
  let free = 0;
  return () => {
    const now = Date.now();
    const slot = Math.max(free, now);
    free = slot + (peer.perSecond ? 1000 / peer.perSecond : 0);
    return wait(slot - now + peer.latency());
  };
}

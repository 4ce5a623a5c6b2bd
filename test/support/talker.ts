import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a client has said: a line, or a whole message, whose verb is MESSAGE. */
export type Said = { verb: string; text: string; to: string; connection: number };

/** What is written, in pieces that travel apart; null hangs up. */
export type Answer = (string | null)[];

export type Talker = AsyncDisposable & {
  url: string;
  said: Said[];
  /** What came in, in the pieces it came in, of all connections. */
  chunks: string[];
  answer: (said: Said) => Answer;
};

/** How a mail server with PIPELINING answers when all is well. */
export function well({ verb }: Said): Answer {
  if (verb === 'CONNECT') return ['220 talker\r\n'];
  if (verb === 'EHLO') return ['250-talker\r\n250-8BITMIME\r\n250 PIPELINING\r\n'];
  if (verb === 'DATA') return ['354 go on\r\n'];
  if (verb === 'QUIT') return ['221 2.0.0 bye\r\n', null];
  return ['250 2.0.0 ok\r\n'];
}

/** A server whose every answer is up to the test, sensible or not. It takes for a message what comes after 354. */
export async function openTalker(answer: Talker['answer'] = well): Promise<Talker> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    connections += 1;
    converse(talker, socket, connections);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const talker: Talker = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    said: [],
    chunks: [],
    answer,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return talker;
}

function converse(talker: Talker, socket: Socket, connection: number): void {
  let heard = '';
  let within = false;
  let to = '';
  let answering = Promise.resolve();
  const hear = (verb: string, text: string) => {
    const said = { verb, text, to, connection };
    talker.said.push(said);
    const pieces = talker.answer(said);
    within = /^354/m.test(pieces.join(''));
    answering = answering.then(() => write(socket, pieces));
  };
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    talker.chunks.push(chunk.toString('latin1'));
    heard += chunk.toString('latin1');
    for (;;) {
      const end = within ? `\r\n${heard}`.indexOf('\r\n.\r\n') : heard.indexOf('\r\n');
      if (end < 0) return;
      const text = heard.slice(0, end);
      const length = end + (within ? '.\r\n' : '\r\n').length;
      heard = heard.slice(length);
      to = /^RCPT TO:<(.*)>/.exec(text)?.[1] ?? to;
      hear(within ? 'MESSAGE' : text.slice(0, 4).toUpperCase(), text);
    }
  });
  hear('CONNECT', '');
}

async function write(socket: Socket, pieces: Answer): Promise<void> {
  for (const piece of pieces) {
    if (piece === null) socket.destroy();
    else if (!socket.destroyed && piece !== '') await new Promise((written) => socket.write(piece, written));
    await new Promise(setImmediate);
  }
}

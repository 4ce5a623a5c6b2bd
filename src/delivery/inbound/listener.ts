import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import type { App } from '../../app.ts';
import { type Envelope, isOurs, MOST_BYTES, type Received, receive } from './receive.ts';

export type Listener = {
  port: number;
  /** Takes no new connection, waits for messages in flight five seconds at most. */
  close: () => Promise<void>;
};

/** So memory is bounded too: each holds one message at most. */
const MOST_CLIENTS = 50;
const SILENCE_MS = 60_000;
/** However busy it is: one that sends a byte a minute is never silent. */
const CONNECTION_MS = 10 * 60_000;

/**
 * Takes mail to our own addresses by SMTP: what came back, and requests by mail (receive.ts). Nothing is relayed. While
 * the database is away mail is put off with 451, so that the sending server keeps it.
 *
 * @returns null when INBOUND_PORT is not set
 * @throws when the port is taken (EADDRINUSE).
 */
export async function listenForMail(app: App): Promise<Listener | null> {
  const { log } = app;
  const { port, host, domain } = app.config.inbound;
  if (port === undefined) return null;
  const server = new SMTPServer({
    name: domain,
    banner: 'Paperboy',
    // Without a certificate of its own: whoever wants TLS puts a mail server in front.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: MOST_BYTES,
    rejectOversized: true,
    maxClients: MOST_CLIENTS,
    maxRecipients: 10,
    maxCommandLength: 2048,
    socketTimeout: SILENCE_MS,
    closeTimeout: 5000,
    onRcptTo({ address }, _session, done) {
      done(isOurs(app, address) ? null : reply(550, '5.1.1 Nobody here has this address'));
    },
    onData(stream, { envelope }, done) {
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      const envelopes = envelope.rcptTo.map(({ address }) => ({ to: address, from }));
      take(app, stream, envelopes).then(
        (refusal) => done(refusal),
        (error) => {
          log.warn({ err: error }, 'a mail could not be taken and is put off');
          done(reply(451, '4.3.0 Not now, please try again later'));
        },
      );
    },
  });
  // A connection that breaks off is its sender's to repeat.
  server.on('error', (error: NodeJS.ErrnoException) =>
    log.debug({ code: error.code }, 'a mail connection failed'),
  );
  server.server.on('connection', (socket) => {
    const life = setTimeout(() => socket.destroy(), CONNECTION_MS).unref();
    socket.once('close', () => clearTimeout(life));
  });
  await once(server.listen(port, host), 'listening');
  const { port: bound } = server.server.address() as AddressInfo;
  log.info({ host, port: bound }, 'listening for mail');
  return { port: bound, close: () => new Promise((closed) => server.close(() => closed())) };
}

/** Null when the mail was taken for one of its recipients at least, else the answer to its sender. */
async function take(app: App, stream: SMTPServerDataStream, envelopes: Envelope[]): Promise<Error | null> {
  const raw = await bytesOf(stream);
  if (raw === null) return reply(552, '5.3.4 The message is too big');
  const received: Received[] = [];
  for (const envelope of envelopes) received.push(await receive(app, raw, envelope, { trusted: false }));
  return received.every((one) => one === 'no topics')
    ? reply(550, '5.6.0 No topic was found: write them in the body as plain text, one a line')
    : null;
}

/** Null when there are too many of them, which are read and dropped. */
async function bytesOf(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (stream.byteLength > MOST_BYTES) chunks.length = 0;
    else chunks.push(chunk as Buffer);
  }
  return stream.sizeExceeded ? null : Buffer.concat(chunks);
}

const reply = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

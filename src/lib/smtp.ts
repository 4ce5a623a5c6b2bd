import { isIPv4 } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { type Slots, slots } from './slots.ts';

/** A message ready for the wire: RFC 5322 bytes and the RFC 5321 envelope they travel in. */
export type Outgoing = { from: string; to: string; raw: Buffer };

/**
 * What became of one attempt. Without a `code` the server gave no answer, `error` is then the name of what happened
 * (UNREACHABLE, ETLS, EAUTH, ETIMEDOUT, ECONNECTION …), and but for UNREACHABLE and ETLS the message may have been taken
 * all the same: nodemailer does not tell a drop within DATA from one after the final dot.
 */
export type SmtpReply =
  | { accepted: true; text: string }
  | { accepted: false; code?: number; error?: string; verb?: string; text: string };

export type Smtp = {
  /** How many messages may be in flight at once. */
  connections: number;
  /** One for each: a message has one from before its first byte until its outcome is written down. */
  slots: Slots;
  /** Always settles, never throws: a failure is a reply too. */
  send: (message: Outgoing) => Promise<SmtpReply>;
  close: () => void;
};

/** A pool of SMTP connections. Nothing travels in the clear except to this machine itself, or where it is allowed. */
export function openSmtp({
  url,
  connections,
  allowPlaintext,
  timeoutSeconds,
}: {
  url: string;
  connections: number;
  allowPlaintext: boolean;
  /** Of silence, at any stage. */
  timeoutSeconds: number;
}): Smtp {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    // A message whose connection broke is ours to repeat, by the ledger.
    maxRequeues: 0,
    // nodemailer falls back to plaintext unless told otherwise.
    requireTLS: mustEncrypt(url, allowPlaintext),
    connectionTimeout: timeoutSeconds * 1000,
    greetingTimeout: timeoutSeconds * 1000,
    socketTimeout: timeoutSeconds * 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0]);
  return {
    connections,
    slots: slots(connections),
    send: ({ from, to, raw }) =>
      Promise.race([
        transport
          .sendMail({ envelope: { from, to: [to] }, raw })
          .then((info): SmtpReply => ({ accepted: true, text: String(info.response ?? '') }), refusal),
        // A server that says a word now and then is never silent, and must not hold a message for ever.
        wait(
          LONGEST_SECONDS * 1000,
          { accepted: false, error: 'ETIMEDOUT', text: 'took too long' } as const,
          { ref: false },
        ),
      ]),
    close: () => transport.close(),
  };
}

/** Whether STARTTLS is insisted on. With smtps: there is TLS from the start. */
export function mustEncrypt(url: string, allowPlaintext: boolean): boolean {
  const { hostname, protocol } = new URL(url);
  const loopback =
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
  return protocol === 'smtp:' && !loopback && !allowPlaintext;
}

/** A message that takes longer is given up; it stays below the lease of an attempt (delivery/ledger.ts). */
const LONGEST_SECONDS = 180;

type SmtpError = Error & {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
  /** The system's or OpenSSL's own name for what nodemailer calls ESOCKET. */
  originalCode?: string;
  syscall?: string;
  timeoutType?: string;
};

function refusal(error: SmtpError): SmtpReply {
  const { responseCode, response, command, message } = error;
  const name = unreachable(error) ? 'UNREACHABLE' : untrusted(error) ? 'ETLS' : error.code;
  return {
    accepted: false,
    ...(responseCode === undefined ? {} : { code: responseCode }),
    ...(name === undefined ? {} : { error: name }),
    ...(command === undefined ? {} : { verb: command }),
    text: response ?? message,
  };
}

/** Nobody was there, or nobody who greets: not a byte of the message can have left. */
const unreachable = ({ code, syscall, timeoutType }: SmtpError): boolean =>
  code === 'EDNS' ||
  syscall === 'connect' ||
  timeoutType === 'CONNECTION_TIMEOUT' ||
  timeoutType === 'GREETING_TIMEOUT';

/** The handshake failed or the certificate did not satisfy: the connection was ended before anything was said in it. */
const untrusted = ({ originalCode = '' }: SmtpError): boolean =>
  /CERT|SSL|TLS|^UNABLE_TO_/.test(originalCode);

import { createTransport } from 'nodemailer';

/** A message ready for the wire: RFC 5322 bytes and the RFC 5321 envelope they travel in. */
export type Outgoing = { from: string; to: string; raw: Buffer };

/**
 * What became of one attempt. Without a `code` the server gave no answer (refused, dropped, timed out): `error` is then
 * nodemailer's name for it, and the message may have been taken all the same. nodemailer does not tell a drop within
 * DATA from one after the final dot.
 */
export type SmtpReply =
  | { accepted: true; text: string }
  | { accepted: false; code?: number; error?: string; text: string };

export type Smtp = {
  /** How many messages may be in flight at once. */
  connections: number;
  /** Always settles, never throws: a failure is a reply too. */
  send: (message: Outgoing) => Promise<SmtpReply>;
  close: () => void;
};

/** A pool of SMTP connections. Nothing travels in the clear except to this machine itself, or where it is allowed. */
export function openSmtp({
  url,
  connections,
  allowPlaintext,
}: {
  url: string;
  connections: number;
  allowPlaintext: boolean;
}): Smtp {
  const { hostname, protocol } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    // A message whose connection broke is ours to repeat, by the ledger.
    maxRequeues: 0,
    // nodemailer falls back to plaintext unless told otherwise.
    requireTLS: protocol === 'smtp:' && !loopback && !allowPlaintext,
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: 120_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0]);
  return {
    connections,
    send: async ({ from, to, raw }) => {
      try {
        const info = await transport.sendMail({ envelope: { from, to: [to] }, raw });
        return { accepted: true, text: String(info.response ?? '') };
      } catch (error) {
        return refusal(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}

type SmtpError = Error & { code?: string; responseCode?: number; response?: string };

function refusal({ responseCode, code, response, message }: SmtpError): SmtpReply {
  return {
    accepted: false,
    ...(responseCode === undefined ? {} : { code: responseCode }),
    ...(code === undefined ? {} : { error: code }),
    text: response ?? message,
  };
}

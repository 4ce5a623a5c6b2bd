import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type Arrived = { from: string; to: string; raw: Buffer; parsed: ParsedMail };

export type Mailbox = {
  url: string;
  /** What has arrived, in order. */
  mails: Arrived[];
  /** Answers to RCPT by address, such as `550 5.1.1 no such user`. */
  refuse: Map<string, string>;
  close: () => Promise<void>;
};

/** A real SMTP server that keeps what it gets. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: Arrived[] = [];
  const refuse = new Map<string, string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const reply = refuse.get(address);
      if (!reply) return done();
      done(Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) }));
    },
    onData(stream, { envelope }, done) {
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      buffer(stream)
        .then(async (raw) => {
          const parsed = await simpleParser(raw);
          for (const { address } of envelope.rcptTo) mails.push({ from, to: address, raw, parsed });
          done();
        })
        .catch(done);
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** The first link of a mail's text to a page of that purpose. */
export function linkIn({ parsed }: Arrived, purpose: string): string {
  const link = new RegExp(`https?://\\S+/${purpose}/\\S+`).exec(parsed.text ?? '')?.[0];
  if (!link) throw new Error(`The mail has no link to ${purpose}.`);
  return link;
}

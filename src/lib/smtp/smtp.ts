import { type Slots, slots } from '../slots.ts';
import { failureOf, type SmtpError, smtpError } from './failure.ts';
import { type SmtpServer, SmtpSession } from './session.ts';
import { type Outgoing, type SmtpReply, transact } from './transaction.ts';

export type { Outgoing, SmtpReply };

export type Smtp = {
  /** How many messages may be in flight at once, each on a connection of its own. */
  connections: number;
  /** One for each: a message has one from before its first byte until its outcome is written down. */
  slots: Slots;
  /** Always settles, never throws: a failure is a reply too. */
  send: (message: Outgoing) => Promise<SmtpReply>;
  close: () => void;
};

/** Sessions with a mail server, opened when they are needed and used again for the next messages. */
export function openSmtp({ connections, ...server }: SmtpServer & { connections: number }): Smtp {
  const idle: SmtpSession[] = [];
  let closed = false;

  const carry = async (session: SmtpSession, message: Outgoing): Promise<SmtpReply> => {
    try {
      await session.ready;
      return await transact(session, message);
    } catch (error) {
      return failureOf(error as SmtpError);
    } finally {
      if (closed) session.end();
      else if (!session.over) idle.push(session);
    }
  };
  return {
    connections,
    slots: slots(connections),
    send: async (message) => {
      const used = takeLast(idle, ({ over }) => !over);
      let session = used ?? new SmtpSession(server);
      // A server that says a word now and then is never silent, and must not hold a message for ever.
      const tooLong = () => session.fail(smtpError('ETIMEDOUT', 'took too long'));
      const patience = setTimeout(tooLong, LONGEST_SECONDS * 1000);
      try {
        const reply = await carry(session, message);
        if (!used || !hungUp(used, reply)) return reply;
        session = new SmtpSession(server);
        return await carry(session, message);
      } finally {
        clearTimeout(patience);
      }
    },
    close: () => {
      closed = true;
      for (const session of idle.splice(0)) session.end();
    },
  };
}

/** A message that takes longer is given up; it stays below the lease of an attempt (delivery/ledger.ts). */
const LONGEST_SECONDS = 180;

/** Servers end a session when they like, after some messages or some idle time: that says nothing of this message. */
const hungUp = (session: SmtpSession, reply: SmtpReply): boolean =>
  session.over &&
  !reply.accepted &&
  reply.verb !== 'MESSAGE' &&
  reply.error !== 'ETIMEDOUT' &&
  (reply.code === undefined || reply.code === 421);

/** The last one that fits; those behind it are thrown away. */
function takeLast<T>(from: T[], fits: (one: T) => boolean): T | undefined {
  for (let one = from.pop(); one; one = from.pop()) if (fits(one)) return one;
  return undefined;
}

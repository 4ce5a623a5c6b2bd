import type { Pieces } from '../pieces.ts';
import { failureOf, type Refusal, type SmtpError, smtpError } from './failure.ts';
import type { SmtpSession } from './session.ts';

/** A message ready for the wire: RFC 5322 text in ASCII, and the RFC 5321 envelope it travels in. */
export type Outgoing = { from: string; to: string; raw: Pieces };

/**
 * What became of one attempt. Errors are UNREACHABLE, ETLS, EAUTH, ETIMEDOUT, ECONNECTION and others of nodemailer's.
 * Where MESSAGE was not answered, and only there, the message may have been taken all the same.
 */
export type SmtpReply = { accepted: true; text: string } | Refusal;

/**
 * One message, in one transaction (RFC 5321, section 3.3) of a session that is ready. Never throws. If the session is not
 * over afterwards it can take the next message.
 */
export async function transact(session: SmtpSession, message: Outgoing): Promise<SmtpReply> {
  const { from, to, raw } = message;
  if (!ADDRESS.test(from) || !ADDRESS.test(to))
    return { accepted: false, error: 'EENVELOPE', text: 'an address that cannot stand in a command' };
  const reply = (await announce(session, from, to)) ?? (await handOver(session, raw));
  if (!reply.accepted && !session.over) await reset(session);
  return reply;
}

const ADDRESS = /^[!-;=?-~]*$/;

/** MAIL, RCPT and DATA, all at once where the server lets us. Null: the server waits for the message. */
async function announce(session: SmtpSession, from: string, to: string): Promise<Refusal | null> {
  const steps = [
    { verb: 'MAIL FROM', line: `MAIL FROM:<${from}>\r\n`, wants: '2' },
    { verb: 'RCPT TO', line: `RCPT TO:<${to}>\r\n`, wants: '2' },
    { verb: 'DATA', line: 'DATA\r\n', wants: '354' },
  ] as const;
  const groups = session.pipelining ? [steps] : steps.map((step) => [step]);
  let refusal: Refusal | null = null;
  for (const group of groups) {
    let said = group.map(({ line }) => line).join('');
    for (const { verb, wants } of group) {
      const reply = await ask(session, verb, wants, said);
      said = '';
      // What comes behind the first refusal follows from it.
      if (!reply.accepted) refusal ??= reply;
      else if (refusal && verb === 'DATA') await sendNothing(session, refusal);
    }
    if (refusal) return refusal;
  }
  return null;
}

/** A server may want the message of a refused transaction. Without a recipient it gets an empty one (RFC 2920, 3.1). */
async function sendNothing(session: SmtpSession, { verb }: Refusal): Promise<void> {
  if (verb === 'RCPT TO') await ask(session, 'MESSAGE', '2', '.\r\n');
  else session.fail(smtpError('EPROTOCOL', 'a message is wanted though its sender is refused'));
}

const handOver = (session: SmtpSession, raw: Pieces): Promise<SmtpReply> =>
  ask(session, 'MESSAGE', '2', stuffed(session.layOut(raw)), '.\r\n');

/** What was refused leaves nothing behind for the next message. */
async function reset(session: SmtpSession): Promise<void> {
  const reply = await ask(session, 'RSET', '2', 'RSET\r\n');
  if (!reply.accepted) session.end();
}

/** Says something, or nothing, and reads one reply; `wants` is how a good one begins. */
async function ask(
  session: SmtpSession,
  verb: string,
  wants: '2' | '354',
  ...said: (string | Buffer)[]
): Promise<SmtpReply> {
  try {
    if (said[0] !== '') session.write(...said);
    const { code, text } = await session.reply();
    if (text.startsWith(wants)) return { accepted: true, text };
    // The server hangs up (RFC 5321, section 3.8).
    if (code === 421) session.end();
    if (code >= 400) return { accepted: false, code, verb, text };
    throw smtpError('EPROTOCOL', `an answer to something else: ${text}`);
  } catch (error) {
    session.fail(error as SmtpError);
    return failureOf(error as SmtpError, verb);
  }
}

/**
 * The message with every dot doubled that a line begins with (RFC 5321, section 4.5.2). Our own have none. A lone CR or
 * LF may be a line end to some server, so that a dot behind it could end the message (SMTP smuggling).
 */
function stuffed(raw: Buffer): Buffer {
  if (raw[0] !== DOT && raw.at(-1) === LF && !DOTTED.some((begin) => raw.includes(begin))) return raw;
  const text = raw
    .toString('latin1')
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replace(/^\./gm, '..');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}

const DOT = 46;
const LF = 10;
const DOTTED = ['\n.', '\r.'];

import type { SmtpError } from './failure.ts';
import { type SmtpServer, SmtpSession } from './session.ts';

/** How a mail server receives us: what it says, how it encrypts, whether it lets us in. */
export type Greeting =
  | {
      ok: true;
      /** Such as TLSv1.3; null: in the clear. */
      tls: string | null;
      /** `none`: we have no name to give, or nobody asks for it. */
      login: 'accepted' | 'none';
    }
  | { ok: false; at: 'connecting' | 'logging in'; code: string; text: string };

/** Opens a session with the mail server, as before a message, and ends it instead of one. */
export async function greet(server: SmtpServer): Promise<Greeting> {
  const session = new SmtpSession(server);
  try {
    await session.ready;
    return { ok: true, tls: session.tls, login: session.login };
  } catch (error) {
    const { code = 'ERROR', response, message } = error as SmtpError;
    return { ok: false, at: code === 'EAUTH' ? 'logging in' : 'connecting', code, text: response ?? message };
  } finally {
    session.end();
  }
}

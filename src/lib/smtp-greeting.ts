import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { mustEncrypt } from './smtp.ts';

/** How a mail server receives us: what it says, how it encrypts, whether it lets us in. */
export type Greeting =
  | {
      ok: true;
      /** Such as TLSv1.3; null: in the clear. */
      tls: string | null;
      /** `none`: we have no name to give. */
      login: 'accepted' | 'none';
    }
  | { ok: false; at: 'connecting' | 'logging in'; code: string; text: string };

/** Says EHLO, STARTTLS and AUTH to the server of an SMTP URL, as before a message, and QUIT instead of one. */
export async function greet({
  url,
  allowPlaintext,
  timeoutSeconds,
}: {
  url: string;
  allowPlaintext: boolean;
  timeoutSeconds: number;
}): Promise<Greeting> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const timeout = timeoutSeconds * 1000;
  const connection = new SMTPConnection({
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port ? { port: Number(port) } : {}),
    secure: protocol === 'smtps:',
    requireTLS: mustEncrypt(url, allowPlaintext),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
  });
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  const step = (run: (done: (error?: Error | null) => void) => void) =>
    new Promise<SmtpError | null>((resolve) => {
      connection.once('error', resolve);
      run((error) => resolve(error ?? null));
    });
  try {
    const failed = await step((done) => connection.connect(done));
    if (failed) return refused('connecting', failed);
    const socket = connection._socket;
    const tls = socket instanceof TLSSocket ? socket.getProtocol() : null;
    if (user === '') return { ok: true, tls, login: 'none' };
    const denied = await step((done) => connection.login({ user, pass, credentials: { user, pass } }, done));
    return denied ? refused('logging in', denied) : { ok: true, tls, login: 'accepted' };
  } finally {
    connection.removeAllListeners('error');
    connection.on('error', () => {});
    connection.quit();
  }
}

type SmtpError = Error & { code?: string; response?: string };

const refused = (at: 'connecting' | 'logging in', { code, response, message }: SmtpError): Greeting => ({
  ok: false,
  at,
  code: code ?? 'ERROR',
  text: response ?? message,
});

import { isIPv4, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { layOut, type Pieces, sizeOf } from '../pieces.ts';
import { type SmtpError, smtpError } from './failure.ts';
import { type Reply, readReplies } from './replies.ts';

export type SmtpServer = {
  url: string;
  allowPlaintext: boolean;
  /** Of silence, at any stage. */
  timeoutSeconds: number;
};

/**
 * A connection to a mail server. nodemailer opens it (greeting, EHLO, STARTTLS, AUTH) and watches over silence and its
 * end; what is said once it is ready goes past nodemailer, whose way to write a message takes ten times the CPU
 * (docs/speed.md). Nothing travels in the clear except to this machine itself, or where it is allowed.
 */
export class SmtpSession {
  /** @throws SmtpError when the server does not let us in. */
  readonly ready: Promise<void>;
  /** Whether several commands may be said at once (RFC 2920). */
  pipelining = false;
  login: 'accepted' | 'none' = 'none';
  #connection: SMTPConnection;
  #socket: Socket | null = null;
  #failure: SmtpError | null = null;
  #sheet = Buffer.alloc(0);
  #said = '';
  #replies: Reply[] = [];
  #hear: ((reply: Reply) => void) | null = null;
  #giveUp: (error: SmtpError) => void = () => {};

  constructor({ url, allowPlaintext, timeoutSeconds }: SmtpServer) {
    const timeout = timeoutSeconds * 1000;
    const { auth, authMethod, ...server } = parseConnectionUrl(url);
    this.#connection = new SMTPConnection({
      ...server,
      // nodemailer falls back to plaintext unless told otherwise.
      requireTLS: mustEncrypt(url, allowPlaintext),
      connectionTimeout: timeout,
      // Less than any other silence, so that it is known for what it is.
      greetingTimeout: 0.9 * timeout,
      socketTimeout: timeout,
    });
    this.#connection.on('error', (error: SmtpError) => this.fail(error));
    this.#connection.on('end', () => this.fail(smtpError('ECONNECTION', 'the connection has ended')));
    this.ready = this.#open(auth && { ...auth, ...(authMethod ? { method: String(authMethod) } : {}) });
  }

  async #open(auth?: { user: string; pass: string; method?: string }): Promise<void> {
    const connection = this.#connection;
    try {
      await this.#wait<void>((done) => connection.connect(done));
      const offers = String(connection.lastServerResponse);
      if (auth && connection.allowsAuth) {
        await this.#wait<void>((done) => connection.login({ ...auth, credentials: auth }, done));
        this.login = 'accepted';
      }
      this.pipelining = /^250[ -]PIPELINING\b/im.test(offers);
    } catch (error) {
      this.fail(error as SmtpError);
      throw error;
    }
    const socket = connection._socket as Socket;
    // From here on the replies are ours; nodemailer goes on listening for the end and for silence.
    socket.removeAllListeners('data');
    socket.setEncoding('utf8').on('data', (said: string) => this.#listen(said));
    this.#socket = socket;
  }

  /** Such as TLSv1.3; null: in the clear. */
  get tls(): string | null {
    return this.#socket instanceof TLSSocket ? this.#socket.getProtocol() : null;
  }

  /** No more can be said: it has failed or ended, or the server has spoken out of turn, as before it hangs up. */
  get over(): boolean {
    return this.#failure !== null || this.#replies.length > 0 || this.#said !== '';
  }

  /**
   * A message's bytes, to be written before the next are laid out: those lie in the same memory. Fresh memory for each,
   * fetched from the system, takes longer than to fill it.
   */
  layOut(message: Pieces): Buffer {
    const size = sizeOf(message);
    // A server may answer before it has taken all of the last message.
    const isFree = this.#socket?.writableLength === 0 && size <= this.#sheet.length;
    if (!isFree) this.#sheet = Buffer.allocUnsafeSlow(Math.max(size, SHEET_BYTES));
    return layOut(message, this.#sheet);
  }

  /** @throws SmtpError when the session is over. */
  write(...pieces: (string | Buffer)[]): void {
    if (this.over) this.fail(smtpError('EPROTOCOL', 'the server spoke out of turn'));
    if (this.#failure) throw this.#failure;
    this.#socket?.cork();
    for (const piece of pieces) this.#socket?.write(piece);
    this.#socket?.uncork();
  }

  /** The next reply. @throws SmtpError when none can come any more. */
  async reply(): Promise<Reply> {
    return this.#replies.shift() ?? this.#wait<Reply>((_, hear) => (this.#hear = hear));
  }

  /** Ends it at once, in the middle of whatever it is. Whoever waits for a reply gets the error; the first one counts. */
  fail(error: SmtpError): void {
    this.#failure ??= error;
    this.#connection.close();
    this.#giveUp(this.#failure);
  }

  /** Says goodbye, between two messages, and does not wait for an answer. */
  end(): void {
    if (!this.#failure) this.#socket?.write('QUIT\r\n');
    this.fail(smtpError('ECONNECTION', 'said goodbye'));
  }

  #listen(said: string): void {
    const { replies, rest } = readReplies(this.#said + said);
    this.#said = rest ?? '';
    this.#replies.push(...replies);
    const hear = this.#hear;
    const first = hear && this.#replies.shift();
    if (first) {
      this.#hear = null;
      hear(first);
    }
    if (rest === null) this.fail(smtpError('EPROTOCOL', 'the server does not speak SMTP'));
  }

  /** Waits until something is done or heard, but no longer than the session lasts. */
  #wait<T>(start: (done: (error?: Error | null) => void, hear: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      if (this.#failure) return reject(this.#failure);
      start((error) => (error ? reject(error) : resolve(undefined as T)), resolve);
    });
  }
}

/** Few messages are longer. */
const SHEET_BYTES = 128 * 1024;

/** Whether STARTTLS is insisted on. With smtps: there is TLS from the start. */
function mustEncrypt(url: string, allowPlaintext: boolean): boolean {
  const { hostname, protocol } = new URL(url);
  const loopback =
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
  return protocol === 'smtp:' && !loopback && !allowPlaintext;
}

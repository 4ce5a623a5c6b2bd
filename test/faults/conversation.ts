import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { readBody } from './body.ts';
import type { Peer, Stage } from './peer.ts';

/** One connection to the peer, from its greeting to its end. */
export class Conversation {
  #peer: Peer;
  #pace: () => Promise<unknown>;
  #socket: Socket;
  #connection: number;
  #client = '';
  /** How much of an envelope was taken. */
  #envelope: 'none' | 'from' | 'whole' = 'none';
  #to = '';
  #secure = false;
  #stalled = false;
  #line = '';

  constructor(peer: Peer, pace: () => Promise<unknown>, socket: Socket, connection: number) {
    this.#peer = peer;
    this.#pace = pace;
    this.#socket = socket;
    this.#connection = connection;
  }

  begin(): void {
    this.#listen();
    this.#at('connect', () => this.#say('220 peer ready'));
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  #read(chunk: Buffer): void {
    this.#line += chunk.toString('latin1');
    for (let end = this.#line.indexOf('\r\n'); end >= 0; end = this.#line.indexOf('\r\n')) {
      const line = this.#line.slice(0, end);
      this.#line = this.#line.slice(end + 2);
      this.#command(line);
    }
  }

  #command(line: string): void {
    // What was said before an answer that never comes.
    if (this.#stalled || this.#socket.destroyed) return;
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') {
      this.#client = line.slice(5);
      this.#at('ehlo', () => this.#say(...this.#greeting()));
    } else if (verb === 'STAR') this.#at('starttls', () => this.#upgrade());
    else if (verb === 'AUTH') this.#at('auth', () => this.#say('235 2.7.0 welcome'));
    else if (verb === 'MAIL') {
      this.#envelope = 'none';
      this.#at('mail', () => {
        this.#envelope = 'from';
        this.#say('250 2.1.0 ok');
      });
    } else if (verb === 'RCPT' && this.#envelope !== 'none') {
      this.#to = /<([^>]*)>/.exec(line)?.[1] ?? '';
      this.#at('rcpt', () => {
        this.#envelope = 'whole';
        this.#say('250 2.1.5 ok');
      });
    } else if (verb === 'DATA' && this.#envelope === 'whole') this.#at('data', () => this.#body());
    else if (verb === 'RCPT' || verb === 'DATA') this.#say('503 5.5.1 something was refused before');
    else if (verb === 'QUIT') {
      this.#say('221 2.0.0 bye');
      this.#socket.end();
    } else this.#say('250 2.0.0 ok');
  }

  #greeting(): string[] {
    const { starttls, auth, pipelining } = this.#peer.offers;
    return [
      '250-peer',
      ...(starttls && !this.#secure ? ['250-STARTTLS'] : []),
      ...(auth ? ['250-AUTH PLAIN'] : []),
      ...(pipelining ? ['250-PIPELINING'] : []),
      '250 ENHANCEDSTATUSCODES',
    ];
  }

  #upgrade(): void {
    const { starttls } = this.#peer.offers;
    if (!starttls) {
      this.#say('502 5.5.1 no');
      return;
    }
    this.#say('220 2.0.0 go ahead');
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext: starttls });
    this.#socket.on('error', () => {});
    this.#secure = true;
    this.#listen();
  }

  #body(): void {
    this.#socket.removeAllListeners('data');
    this.#say('354 go on');
    const begun = () => this.#at('body', () => {});
    readBody(this.#socket, begun).then(
      ({ raw, rest }) => {
        this.#listen();
        this.#at('dot', () => void this.#take(raw));
        this.#read(rest);
      },
      () => {},
    );
  }

  async #take(raw: Buffer): Promise<void> {
    this.#peer.taken.push({
      client: this.#client,
      connection: this.#connection,
      to: this.#to,
      messageId: /^message-id: *(\S+)/im.exec(raw.toString('latin1', 0, 8192))?.[1] ?? '',
      sha256: createHash('sha256').update(raw).digest('hex'),
      at: Date.now(),
      secure: this.#secure,
    });
    // Taken even if nobody waits for the reply any more: the client cannot know, and must not need to.
    await this.#pace();
    this.#at('taken', () => {
      this.#say('250 2.0.0 taken');
      this.#at('replied', () => {});
    });
  }

  #at(stage: Stage, goOn: () => void): void {
    if (this.#stalled) return;
    const { visits, script } = this.#peer;
    visits.set(stage, (visits.get(stage) ?? 0) + 1);
    const visit = {
      stage,
      connection: this.#connection,
      client: this.#client,
      to: this.#to,
      secure: this.#secure,
    };
    const act = script(visit);
    if (act === undefined) goOn();
    else if (act === 'stall') this.#stalled = true;
    else if (act !== 'drop') this.#say(act.reply);
    // A reply that has been said still leaves before the end.
    else if (stage === 'replied') this.#socket.end(() => this.#socket.destroy());
    else this.#socket.destroy();
  }

  #say(...lines: string[]): void {
    if (!this.#socket.destroyed) this.#socket.write(`${lines.join('\r\n')}\r\n`);
  }
}

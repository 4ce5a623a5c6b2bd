import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { SmtpSession } from '../../../src/lib/smtp/session.ts';
import { openSmtp, type Smtp } from '../../../src/lib/smtp/smtp.ts';
import { type Answer, openTalker, type Said, type Talker, well } from '../../support/talker.ts';

const opened: Smtp[] = [];
const closeAll = () => {
  for (const smtp of opened.splice(0)) smtp.close();
};
afterEach(closeAll);

function connect(url: string, timeoutSeconds = 20): Smtp {
  const smtp = openSmtp({ url, connections: 2, allowPlaintext: false, timeoutSeconds });
  opened.push(smtp);
  return smtp;
}

const message = (to = 'ada@example.org', text = 'Subject: a\r\n\r\nOne line.\r\n') => ({
  from: 'bounce@paperboy.test',
  to,
  raw: text,
});

/** Answers as told where something is told, else as a server does when all is well. */
const unless = (told: (said: Said) => Answer | undefined) => (said: Said) => told(said) ?? well(said);

const verbs = ({ said }: Talker) => said.map(({ verb, connection }) => `${connection} ${verb}`);
const delivered = ({ said }: Talker) => said.filter(({ verb }) => verb === 'MESSAGE');

describe('a message', () => {
  test('arrives byte for byte', async () => {
    await using talker = await openTalker();
    const crlf = readFileSync(new URL(import.meta.url))
      .toString('latin1')
      .replaceAll('\n', '\r\n');
    expect(await connect(talker.url).send(message('ada@example.org', crlf))).toEqual({
      accepted: true,
      text: '250 2.0.0 ok',
    });
    expect(delivered(talker).map(({ text, to }) => ({ text, to }))).toEqual([
      { text: crlf.replace(/^\./gm, '..'), to: 'ada@example.org' },
    ]);
  });

  test.each([
    ['a line with a dot', 'a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n'],
    ['a line that begins with a dot', '.a\r\n..b\r\n', '..a\r\n...b\r\n'],
    ['a dot behind a lone line feed', 'a\n.\nb\n', 'a\r\n..\r\nb\r\n'],
    ['a dot behind a lone carriage return', 'a\r.\rb', 'a\r\n..\r\nb\r\n'],
    ['no line end', 'a', 'a\r\n'],
    ['nothing', '', '\r\n'],
  ])('with %s ends where it ends', async (_, text, travels) => {
    await using talker = await openTalker();
    expect(await connect(talker.url).send(message('ada@example.org', text))).toMatchObject({
      accepted: true,
    });
    expect(delivered(talker).map((said) => said.text)).toEqual([travels]);
  });

  test('of megabytes arrives whole', async () => {
    await using talker = await openTalker();
    const text = `${'0123456789'.repeat(7)}\r\n`.repeat(20_000);
    expect(await connect(talker.url).send(message('ada@example.org', text))).toMatchObject({
      accepted: true,
    });
    expect(delivered(talker)[0]?.text === text).toBe(true);
  });

  test('leaves nothing of itself in the next', async () => {
    await using talker = await openTalker();
    const smtp = connect(talker.url);
    const texts = ['a long one\r\n'.repeat(20_000), 'short\r\n', 'a middling one\r\n'.repeat(9)];
    for (const text of texts) await smtp.send(message('ada@example.org', text));
    expect(delivered(talker).map(({ text }) => text)).toEqual(texts);
  });

  test('is not written over by the next as long as the server has not taken all of it', async () => {
    await using talker = await openTalker(({ verb }) =>
      verb === 'EHLO' ? ['250 talker\r\n'] : ['220 ok\r\n'],
    );
    const session = new SmtpSession({ url: talker.url, allowPlaintext: false, timeoutSeconds: 20 });
    await session.ready;
    const first = session.layOut('a'.repeat(50_000_000));
    session.write(first);
    session.layOut('b'.repeat(100));
    expect(first.subarray(0, 100).toString()).toBe('a'.repeat(100));
    session.end();
  });

  test.each(['ada@example.org>\r\nRCPT TO:<eve@example.net', 'ada @example.org', 'adä@example.org'])(
    'to %j is not sent at all',
    async (to) => {
      await using talker = await openTalker();
      expect(await connect(talker.url).send(message(to))).toMatchObject({
        accepted: false,
        error: 'EENVELOPE',
      });
      expect(talker.chunks.join('')).not.toMatch(/MAIL|RCPT/);
    },
  );
});

describe('a session', () => {
  test('takes one message after the other, and ends with a goodbye', async () => {
    await using talker = await openTalker();
    const smtp = connect(talker.url);
    await smtp.send(message());
    await smtp.send(message('bob@example.org'));
    const goodbye = new Promise<void>((heard) => {
      talker.answer = (said) => {
        if (said.verb === 'QUIT') heard();
        return well(said);
      };
    });
    smtp.close();
    await goodbye;
    expect(verbs(talker)).toEqual(
      ['CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'MESSAGE', 'MAIL', 'RCPT', 'DATA', 'MESSAGE', 'QUIT'].map(
        (verb) => `1 ${verb}`,
      ),
    );
  });

  test('says all of an envelope at once to a server that offers PIPELINING', async () => {
    await using talker = await openTalker();
    await connect(talker.url).send(message());
    expect(talker.chunks[1]).toBe(
      'MAIL FROM:<bounce@paperboy.test>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n',
    );
  });

  test('waits for each answer of another server, and says nothing after a refusal', async () => {
    await using talker = await openTalker(
      unless(({ verb, text }) => {
        if (verb === 'EHLO') return ['250 talker\r\n'];
        return text.includes('<eve') ? ['550 5.1.1 no such user\r\n'] : undefined;
      }),
    );
    const smtp = connect(talker.url);
    expect(await smtp.send(message('eve@example.net'))).toEqual({
      accepted: false,
      code: 550,
      verb: 'RCPT TO',
      text: '550 5.1.1 no such user',
    });
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
    expect(talker.chunks.slice(1)).toEqual([
      ...['MAIL FROM:<bounce@paperboy.test>\r\n', 'RCPT TO:<eve@example.net>\r\n', 'RSET\r\n'],
      ...['MAIL FROM:<bounce@paperboy.test>\r\n', 'RCPT TO:<ada@example.org>\r\n', 'DATA\r\n'],
      'Subject: a\r\n\r\nOne line.\r\n.\r\n',
    ]);
  });

  test('goes on after a refusal of whatever it was', async () => {
    const refusals: Record<string, string> = {
      MAIL: '553 5.1.8 who?',
      RCPT: '450 4.2.0 later',
      DATA: '451 4.3.0 busy',
      MESSAGE: '554 5.6.0 no',
    };
    await using talker = await openTalker();
    const smtp = connect(talker.url);
    for (const [verb, reply] of Object.entries(refusals)) {
      talker.answer = unless((said) => {
        if (said.verb === verb) return [`${reply}\r\n`];
        const behind = verb === 'MAIL' ? ['RCPT', 'DATA'] : verb === 'RCPT' ? ['DATA'] : [];
        return behind.includes(said.verb) ? ['503 5.5.1 out of order\r\n'] : undefined;
      });
      expect(await smtp.send(message())).toMatchObject({ code: Number(reply.slice(0, 3)), text: reply });
    }
    talker.answer = well;
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
    expect(new Set(talker.said.map(({ connection }) => connection))).toEqual(new Set([1]));
  });

  test('gives an empty message to a server that wants the one whose recipient it refused', async () => {
    await using talker = await openTalker(
      unless(({ verb, text }) => {
        if (text.includes('<eve')) return ['550 5.1.1 no such user\r\n'];
        return verb === 'MESSAGE' && text === '' ? ['554 5.5.1 no valid recipients\r\n'] : undefined;
      }),
    );
    const smtp = connect(talker.url);
    expect(await smtp.send(message('eve@example.net'))).toMatchObject({ code: 550, verb: 'RCPT TO' });
    expect(delivered(talker).map(({ text }) => text)).toEqual(['']);
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
  });

  test('ends without a word when a server wants the message whose sender it refused', async () => {
    await using talker = await openTalker(
      unless(({ verb }) => (verb === 'MAIL' ? ['550 5.7.1 go away\r\n'] : undefined)),
    );
    const smtp = connect(talker.url);
    expect(await smtp.send(message())).toMatchObject({ code: 550, verb: 'MAIL FROM' });
    talker.answer = well;
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
    expect(delivered(talker).map(({ connection }) => connection)).toEqual([2]);
  });

  test.each([
    ['hangs up', [null]],
    ['says that it hangs up', ['421 4.7.0 too many messages\r\n', null]],
  ])('that a server ends after a message (it %s) is no matter of the next one', async (_, answer) => {
    await using talker = await openTalker();
    const smtp = connect(talker.url);
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
    talker.answer = unless(({ connection }) => (connection === 1 ? answer : undefined));
    expect(await smtp.send(message('bob@example.org'))).toMatchObject({ accepted: true });
    expect(delivered(talker).map(({ to, connection }) => `${connection} ${to}`)).toEqual([
      '1 ada@example.org',
      '2 bob@example.org',
    ]);
  });

  test('in which the server speaks unasked is not used again', async () => {
    await using talker = await openTalker(
      unless(({ verb, connection }) =>
        verb === 'MESSAGE' && connection === 1 ? ['250 ok\r\n250 and more\r\n'] : undefined,
      ),
    );
    const smtp = connect(talker.url);
    expect(await smtp.send(message())).toMatchObject({ accepted: true });
    expect(await smtp.send(message('bob@example.org'))).toMatchObject({ accepted: true });
    expect(delivered(talker).map(({ connection }) => connection)).toEqual([1, 2]);
  });
});

describe('without an answer', () => {
  test.each([
    ['no message was asked for', 'DATA', ['250 ok\r\n'], { verb: 'DATA', error: 'EPROTOCOL' }],
    ['the server does not speak SMTP', 'DATA', ['what?\r\n'], { verb: 'DATA', error: 'EPROTOCOL' }],
    ['it breaks before the message', 'DATA', [null], { verb: 'DATA', error: 'ECONNECTION' }],
    ['it breaks within the answer', 'MESSAGE', ['250 2.0', null], { verb: 'MESSAGE', error: 'ECONNECTION' }],
    ['it breaks after the message', 'MESSAGE', [null], { verb: 'MESSAGE', error: 'ECONNECTION' }],
    ['silence', 'MESSAGE', ['250-2.0.0 o'], { verb: 'MESSAGE', error: 'ETIMEDOUT' }],
  ])('a message is not sent: %s', async (_, verb, answer, reply) => {
    await using talker = await openTalker(unless((said) => (said.verb === verb ? answer : undefined)));
    const sent = await connect(talker.url, 0.3).send(message());
    expect(sent).toMatchObject({ ...reply, accepted: false });
    expect(sent).not.toHaveProperty('code');
    expect(delivered(talker)).toHaveLength(verb === 'MESSAGE' ? 1 : 0);
  });

  test.each([
    ['421 4.3.2 not now', { code: 421, verb: 'CONN' }],
    ['554 no service here', { code: 554, verb: 'CONN' }],
    ['', { error: 'UNREACHABLE' }],
  ])('the greeting %j is no reason to try another connection', async (greeting, reply) => {
    await using talker = await openTalker(() => [greeting && `${greeting}\r\n`]);
    expect(await connect(talker.url, 0.3).send(message())).toMatchObject({ accepted: false, ...reply });
    expect(talker.said.map(({ verb }) => verb)).toEqual(['CONNECT']);
  });

  test('nobody is there', async () => {
    expect(await connect('smtp://127.0.0.1:9').send(message())).toMatchObject({
      accepted: false,
      error: 'UNREACHABLE',
    });
  });
});

describe('logging in', () => {
  test.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])('by %s', async (method) => {
    await using server = await openDoor([method]);
    const reply = await connect(`smtp://ada:p%40ss%2Fw%C3%B6rd@127.0.0.1:${server.port}`).send(message());
    expect(reply).toMatchObject({ accepted: true });
    expect(server.took).toEqual([{ user: 'ada', method }]);
  });

  test('with the wrong password speaks of us, and does not tell it', async () => {
    await using server = await openDoor(['PLAIN']);
    const reply = await connect(`smtp://ada:wrong-secret@127.0.0.1:${server.port}`).send(message());
    expect(reply).toMatchObject({ accepted: false, code: 535, error: 'EAUTH' });
    expect(JSON.stringify(reply)).not.toMatch(/wrong-secret|d3Jvbmct/);
    expect(server.took).toEqual([]);
  });

  /** A server that takes mail from Ada alone. */
  async function openDoor(authMethods: string[]) {
    const took: { user: unknown; method: string }[] = [];
    const password = 'p@ss/wörd';
    const server = new SMTPServer({
      authMethods,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth(auth, _session, done) {
        const right =
          auth.method === 'CRAM-MD5' ? auth.validatePassword(password) : auth.password === password;
        const known = auth.username === 'ada' && right;
        if (known) done(null, { user: auth.username });
        else done(Object.assign(new Error('no'), { responseCode: 535 }));
      },
      onData(stream, { user }, done) {
        stream.resume().on('end', () => {
          took.push({ user, method: authMethods[0] ?? '' });
          done();
        });
      },
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.server.address() as { port: number };
    return {
      port,
      took,
      [Symbol.asyncDispose]: async () => {
        closeAll();
        await new Promise<void>((closed) => server.close(() => closed()));
      },
    };
  }
});

describe('encryption', () => {
  // This machine, by an address that does not say so: mail to it must be encrypted.
  test.each([
    ['from the start', 'smtps://127.0.0.1', { secure: true }],
    ['by STARTTLS', 'smtp://0.0.0.0', {}],
  ])('%s is for a server whose certificate is trusted', async (_, url, options) => {
    const secure: boolean[] = [];
    // smtp-server brings a certificate that nobody has signed.
    const server = new SMTPServer({
      ...options,
      authOptional: true,
      onData(stream, session, done) {
        stream.resume().on('end', () => {
          secure.push(session.secure);
          done();
        });
      },
    });
    server.on('error', () => {});
    await new Promise<void>((listening) => server.listen(0, '0.0.0.0', listening));
    const { port } = server.server.address() as { port: number };
    try {
      expect(await connect(`${url}:${port}`).send(message())).toMatchObject({
        accepted: false,
        error: 'ETLS',
      });
      expect(secure).toEqual([]);
      const trusting = connect(`${url}:${port}?tls.rejectUnauthorized=false`);
      expect(await trusting.send(message())).toMatchObject({ accepted: true });
      expect(await trusting.send(message())).toMatchObject({ accepted: true });
      expect(secure).toEqual([true, true]);
    } finally {
      closeAll();
      await new Promise<void>((closed) => server.close(() => closed()));
    }
  });

  test.each([
    ['does not offer it', ['502 5.5.1 what?\r\n'], 'ETLS'],
    ['does not go on with it', ['220 2.0.0 go ahead\r\n'], 'ETLS'],
    ['breaks off', ['220 2.0.0 go ahead\r\n', null], 'ESOCKET'],
  ])('nothing is said in the clear to a server that %s', async (_, answer, error) => {
    await using talker = await openTalker(unless(({ verb }) => (verb === 'STAR' ? answer : undefined)));
    const url = talker.url.replace('127.0.0.1', '0.0.0.0');
    expect(await connect(url, 0.3).send(message())).toMatchObject({ accepted: false, error });
    expect(talker.chunks.join('')).not.toContain('MAIL');
  });
});

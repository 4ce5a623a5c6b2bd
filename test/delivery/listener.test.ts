import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { type Listener, listenForMail } from '../../src/delivery/inbound/listener.ts';
import { receive } from '../../src/delivery/inbound/receive.ts';
import { sendLetters } from '../../src/delivery/letters.ts';
import { compose } from '../../src/digests/compose.ts';
import { signMailLink } from '../../src/subscribers/links.ts';
import { appWithMailbox, type TestApp } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { confirmedReader } from '../support/readers.ts';

const { app, mailbox } = await appWithMailbox({
  env: {
    SOURCES: 'huggingface',
    INBOUND_PORT: '0',
    INBOUND_HOST: '127.0.0.1',
    INBOUND_DOMAIN: 'return.paperboy.test',
  },
});
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
const listener = await listening(app);
afterAll(async () => {
  await listener.close();
  await app.close();
  await mailbox.close();
});
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback CASCADE`;
  mailbox.mails.length = 0;
  app.setNow('2026-05-07T08:00:00Z');
});

async function listening(app: TestApp | Parameters<typeof listenForMail>[0]): Promise<Listener> {
  const listener = await listenForMail(app);
  if (!listener) throw new Error('INBOUND_PORT is not set.');
  return listener;
}

/** A confirmed reader who has had a digest; and where its bounces and their wish to leave go, as the mail says. */
async function reader(email = 'ada@example.org') {
  const id = await confirmedReader(app, { email, topics: 'speculative decoding' });
  await compose(app);
  await deliverDue(app);
  const digest = mailbox.mails.find(({ to }) => to === email);
  const leave = /mailto:([^?>]+)/.exec(digest?.raw.toString() ?? '')?.[1] ?? '';
  return { id, email, returnPath: digest?.from ?? '', leave, raw: digest?.raw.toString() ?? '' };
}

type Mail = { from?: string; to: string; headers?: string[]; body?: string };
const written = ({ from, to, headers = [], body = '' }: Mail) =>
  [`From: ${from || 'MAILER-DAEMON@mx.example.org'}`, `To: ${to}`, ...headers, '', body].join('\r\n');

async function send(mail: Mail, { port } = listener): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  const { from = '', to } = mail;
  try {
    const info = await transport.sendMail({ envelope: { from, to: [to] }, raw: written(mail) });
    return info.response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

/** Says each piece once the server has said what it waits for; gives back all that the server said. */
async function talk(...pieces: [waitFor: string, piece: string][]): Promise<string> {
  const client = connect(listener.port, '127.0.0.1').setEncoding('latin1');
  client.on('error', () => {});
  const closed = once(client, 'close');
  let said = '';
  let next = pieces.shift();
  for await (const text of client) {
    said += text;
    for (; next && said.includes(next[0]); next = pieces.shift()) client.write(next[1], 'latin1');
    if (!next) client.end();
  }
  await closed;
  return said;
}

/** A delivery status notification (RFC 3464). */
const report = (status: string, diagnostic: string, recipient = 'ada@example.org', returned = '') => ({
  headers: [
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  ],
  body: [
    '--b',
    '',
    'Your message could not be delivered.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
    ...(returned ? ['--b', 'Content-Type: message/rfc822', '', returned] : []),
    '--b--',
    '',
  ].join('\r\n'),
});
const gone = (recipient?: string, returned?: string) =>
  report('5.1.1', '550 5.1.1 No such user', recipient, returned);

const complaint = (returned: string) => ({
  headers: [
    'Subject: FW: digest',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
  ],
  body: [
    '--b',
    '',
    'This is an abuse report.',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: SomeGenerator/1.0',
    'Version: 1',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    returned,
    '--b--',
    '',
  ].join('\r\n'),
});

const stateOf = (id: string) => app.db.subscriber.findUniqueOrThrow({ where: { id } });
const confirmations = async () => {
  await sendLetters(app);
  return mailbox.mails.filter(({ parsed }) => /confirm/i.test(parsed.subject ?? '')).map(({ to }) => to);
};

describe('mail that comes back', () => {
  test('a hard bounce to the digest’s return path suppresses its reader, once', async () => {
    const { id, returnPath } = await reader();
    expect(returnPath).toMatch(/^bounce\+[0-9a-f]{52}@return\.paperboy\.test$/);
    expect(await send({ to: returnPath, ...gone('forwarded@elsewhere.example') })).toMatch(/^250/);
    expect(await send({ to: returnPath, ...gone('forwarded@elsewhere.example') })).toMatch(/^250/);
    expect((await stateOf(id)).status).toBe('suppressed');
    expect(await app.db.feedback.findMany()).toEqual([
      expect.objectContaining({
        kind: 'bounce-hard',
        subscriberId: id,
        detail: expect.stringContaining('5.1.1'),
      }),
    ]);
  });

  test('the return path is known in any case of its letters', async () => {
    const { id, returnPath } = await reader();
    await send({ to: returnPath.toUpperCase(), ...gone() });
    expect((await stateOf(id)).status).toBe('suppressed');
  });

  test('a full mailbox is counted, each report once, whichever way it came', async () => {
    const { id, returnPath } = await reader();
    const full = { to: returnPath, ...report('5.2.2', '552 5.2.2 Mailbox full') };
    await send(full);
    await send(full);
    const again = ['Received: from another.example by mx.example\r\n for <x@example>; Thu, 7 May 2026'];
    const raw = Buffer.from([...again, written(full)].join('\r\n'));
    expect(await receive(app, raw, { to: returnPath, from: '' }, { trusted: true })).toBe('repeat');
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 1 });
    await send({ ...full, body: `${full.body}another` });
    expect((await stateOf(id)).softBounces).toBe(2);
  });

  test('a policy against our mail is noted and counts against nobody', async () => {
    const { id, returnPath } = await reader();
    await send({ to: returnPath, ...report('5.7.1', '554 5.7.1 Blocked by policy') });
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 0 });
    expect(await app.db.feedback.count()).toBe(1);
  });

  test('a complaint suppresses by the message that came back, for good', async () => {
    const { id, raw } = await reader();
    expect(await send({ to: 'bounce+loop@return.paperboy.test', ...complaint(raw) })).toMatch(/^250/);
    expect((await stateOf(id)).status).toBe('suppressed');
    expect(await app.db.suppression.findFirst()).toMatchObject({ reason: 'complaint' });
  });

  test('a report without a token, that returns our message, is known by its Message-ID', async () => {
    const { id } = await reader();
    const delivery = await app.db.delivery.findFirstOrThrow();
    const returned = `Message-ID: <${delivery.id}@paperboy.test>\r\nSubject: x\r\n\r\n`;
    await send({ to: 'bounce+x@return.paperboy.test', ...gone('ada@example.org', returned) });
    expect((await stateOf(id)).status).toBe('suppressed');
  });

  test('a stranger’s report that only names an address counts as one soft bounce a day', async () => {
    const { id } = await reader();
    for (let i = 0; i < 5; i++)
      await send({
        to: 'bounce+forged@return.paperboy.test',
        ...gone(),
        headers: [...gone().headers, `X-N: ${i}`],
      });
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 1 });
    const raw = Buffer.from(written({ to: 'x', ...gone() }));
    expect(await receive(app, raw, { to: '', from: '' }, { trusted: true })).toBe('suppressed');
  });

  test('a token that is not ours, and a reader that is not ours, change nothing', async () => {
    const { id } = await reader();
    const before = await stateOf(id);
    const token = signMailLink(['another secret altogether'], 'bounce', id);
    expect(await send({ to: `bounce+${token}@return.paperboy.test`, ...gone('bob@example.org') })).toMatch(
      /^250/,
    );
    expect(await stateOf(id)).toEqual(before);
    expect(await app.db.feedback.count()).toBe(0);
    expect(await app.db.suppression.count()).toBe(0);
  });

  test('an out-of-office note is no bounce, and is not answered', async () => {
    const { id, returnPath } = await reader();
    const before = mailbox.mails.length;
    await send({
      from: 'ada@example.org',
      to: returnPath,
      headers: ['Subject: Out of office', 'Auto-Submitted: auto-replied'],
      body: 'I am away.',
    });
    await sendLetters(app);
    expect(await stateOf(id)).toMatchObject({ status: 'active', softBounces: 0 });
    expect(
      mailbox.mails.slice(before).filter(({ parsed }) => !/welcome/i.test(parsed.subject ?? '')),
    ).toHaveLength(0);
  });
});

describe('a wish to leave', () => {
  test('by the address in the digest’s header unsubscribes, whatever the mail says', async () => {
    const { id, leave } = await reader();
    expect(leave.split('@')[0]?.length).toBeLessThanOrEqual(64);
    expect(await send({ from: 'ada@example.org', to: leave })).toMatch(/^250/);
    expect(await send({ from: 'ada@example.org', to: leave, body: 'again' })).toMatch(/^250/);
    expect((await stateOf(id)).status).toBe('unsubscribed');
  });

  test('with a token that nobody signed, or that is for something else, is refused', async () => {
    const { id, returnPath, leave } = await reader();
    const wrong = [
      leave.replace(/\+./, '+z'),
      leave.replace(/\+[0-9a-f]+/, ''),
      returnPath.replace('bounce', 'unsubscribe'),
    ];
    for (const to of wrong) expect(await send({ from: 'ada@example.org', to })).toMatch(/^550 5\.1\.1/);
    expect((await stateOf(id)).status).toBe('active');
  });
});

describe('a sign-up by mail', () => {
  const to = 'subscribe@return.paperboy.test';
  const from = 'Grace Hopper <grace@example.org>';
  const body = 'world models\r\nspeculative decoding\r\n"an open quotation\r\n-- \r\nGrace';
  const mail = { from: 'grace@example.org', to, headers: ['Subject: please'], body };

  test('is answered by the usual confirmation, and nobody is subscribed before it is', async () => {
    expect(await send(mail)).toMatch(/^250/);
    expect(await confirmations()).toEqual(['grace@example.org']);
    const row = await app.db.subscriber.findFirstOrThrow({
      include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } },
    });
    expect(row).toMatchObject({
      email: 'grace@example.org',
      status: 'pending',
      sendHour: 8,
      timeZone: 'UTC',
    });
    expect(row.topics.map(({ topic }) => topic.query)).toEqual(['world models', 'speculative decoding']);
  });

  test('is answered once a day at most, whoever writes in the name of an address', async () => {
    for (const topic of ['optics', 'robotics', 'agents']) await send({ ...mail, body: topic });
    expect(await confirmations()).toEqual(['grace@example.org']);
  });

  test('changes nothing for a reader: they are told by mail', async () => {
    const { id } = await reader('grace@example.org');
    await send(mail);
    expect((await stateOf(id)).status).toBe('active');
    const topics = await app.db.subscriberTopic.count({ where: { subscriberId: id } });
    expect(topics).toBe(1);
  });

  test.each([
    ['an automatic reply', { ...mail, headers: ['Auto-Submitted: auto-replied'] }],
    ['an out-of-office note', { ...mail, headers: ['Subject: Automatic reply: your digest'] }],
    ['a list', { ...mail, headers: ['Precedence: list', 'List-Id: <x.example.org>'] }],
    ['nobody, by the envelope', { ...mail, from: '' }],
    ['a mail system', { ...mail, ...gone() }],
    ['one of our own addresses', { ...mail, from: 'subscribe@return.paperboy.test' }],
  ])('from %s is never answered', async (_what, automatic) => {
    expect(await send(automatic)).toMatch(/^250/);
    expect(await confirmations()).toEqual([]);
    expect(await app.db.subscriber.count()).toBe(0);
  });

  test('without a topic is refused, so that the sender learns of it from their own server', async () => {
    expect(await send({ ...mail, body: '> quoted\r\nthe of\r\n' })).toMatch(/^550 5\.6\.0/);
    expect(await app.db.subscriber.count()).toBe(0);
  });

  test('with too many topics has the first twenty', async () => {
    await send({ ...mail, body: Array.from({ length: 50 }, (_, n) => `subject number ${n}`).join('\r\n') });
    expect(await app.db.subscriberTopic.count()).toBe(20);
  });

  test('from a name and an address is of the address', async () => {
    const raw = Buffer.from(written({ ...mail, from }));
    expect(await receive(app, raw, { to, from: 'grace@example.org' }, { trusted: false })).toBe(
      'asked to confirm',
    );
    expect(await confirmations()).toEqual(['grace@example.org']);
  });
});

describe('the listener', () => {
  test('takes no mail for anybody else', async () => {
    const strangers = [
      'ada@example.org',
      'ada@return.paperboy.test',
      'bounce@return.paperboy.test',
      'bounce+x@paperboy.test',
      'bounce+x@evil-return.paperboy.test',
      'subscribe+x@return.paperboy.test',
      'subscribe@paperboy.test',
      'postmaster@return.paperboy.test',
    ];
    for (const to of strangers) expect(await send({ from: 'x@example.org', to })).toMatch(/^550 5\.1\.1/);
  });

  test('refuses more than a megabyte, announced or not, and lives on', async () => {
    const to = 'bounce+x@return.paperboy.test';
    expect(await send({ to, body: `${'x'.repeat(998)}\r\n`.repeat(1100) })).toMatch(/^552/);
    const said = await talk(
      ['220 ', `EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<${to}>\r\nDATA\r\n`],
      ['354 ', `${'x'.repeat(998)}\r\n`.repeat(1500)],
      ['354 ', '.\r\nQUIT\r\n'],
    );
    expect(said).toMatch(/^552 /m);
    expect(await send({ to, body: 'hello' })).toMatch(/^250/);
  });

  test('puts mail off while the database is away, so that its sender keeps it', async () => {
    const { id, returnPath } = await reader();
    const lines: string[] = [];
    const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
    const log = { debug: write, info: write, warn: write, error: write } as never;
    const away = () => Promise.reject(new Error('the connection of ada@example.org is gone'));
    const db = { $transaction: away, $queryRaw: away } as never;
    const other = await listening({ ...app, db, log });
    onTestFinished(() => other.close());
    const mail = { to: returnPath, ...gone() };
    expect(await send(mail, other)).toMatch(/^451 4\.3\.0/);
    expect(lines.join('\n')).toContain('put off');
    expect(lines.join('\n')).not.toContain('ada@');
    expect(await send(mail)).toMatch(/^250/);
    expect((await stateOf(id)).status).toBe('suppressed');
  });

  test('offers no TLS that it has no certificate for, and no password to guess', async () => {
    const said = await talk(['220 ', 'EHLO x\r\nAUTH PLAIN AGEAYg==\r\nQUIT\r\n']);
    expect(said).not.toMatch(/STARTTLS|AUTH PLAIN/);
    expect(said).toMatch(/^220 return\.paperboy\.test/);
    expect(said).toMatch(/^250[ -]SIZE 1048576\r$/m);
  });

  test('is off unless it has a port, and says when the port is taken', async () => {
    const inbound = (port: number | undefined) => ({
      ...app,
      config: { ...app.config, inbound: { ...app.config.inbound, port } },
    });
    expect(await listenForMail(inbound(undefined))).toBeNull();
    await expect(listenForMail(inbound(listener.port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('stands whatever it is told, and changes nothing for anybody', async () => {
    const { id } = await reader();
    const before = await stateOf(id);
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'EHLO x',
        'MAIL FROM:<>',
        'MAIL FROM:<a@b.example>',
        'RCPT TO:<subscribe@return.paperboy.test>',
        'RCPT TO:<bounce+x@return.paperboy.test>',
        `RCPT TO:<bounce+${'f'.repeat(52)}@return.paperboy.test>`,
        'RCPT TO:<"bounce+x"@return.paperboy.test>',
        'DATA',
        'Content-Type: multipart/report; boundary="\0"',
        'Content-Type: message/delivery-status',
        'Final-Recipient: rfc822; ada@example.org\0',
        '.',
        'RSET',
        '',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 15 }), async (lines) => {
        expect(await talk(['220 ', `${lines.join('\r\n')}\r\n.\r\nQUIT\r\n`])).toMatch(/^220 /);
      }),
      { numRuns: 60 },
    );
    expect(await send({ to: 'bounce+x@return.paperboy.test', body: 'hello' })).toMatch(/^250/);
    expect(await stateOf(id)).toEqual(before);
  });
});

test('any mail in any envelope is taken or ignored, and nobody of ours is harmed by what bears no token', async () => {
  const { id } = await reader();
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      'From: <x@example.org>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      'Content-Type: message/delivery-status',
      '--b',
      'Status: 5.1.1',
      'Action: failed',
      'Final-Recipient: rfc822; bob@example.org',
      'Message-ID: <00000000-0000-7000-8000-000000000000@paperboy.test>',
      '',
    ),
  );
  const address = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom(
      '',
      '<>',
      'bounce+@x',
      `unsubscribe+${'0'.repeat(52)}@return.paperboy.test`,
      'bounce+x@y',
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 20 }),
      address,
      address,
      fc.boolean(),
      async (lines, to, from, trusted) => {
        const received = await receive(app, Buffer.from(lines.join('\r\n')), { to, from }, { trusted });
        expect(['nobody', 'ignored']).toContain(received);
      },
    ),
    { numRuns: 150 },
  );
  expect((await stateOf(id)).status).toBe('active');
});

import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { sendLetters } from '../../src/delivery/letters.ts';
import { compose } from '../../src/digests/compose.ts';
import { publish } from '../../src/editions/publish.ts';
import { storePapers } from '../../src/papers/store.ts';
import { parseSignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { testApp } from '../support/app.ts';
import { addIngest } from '../support/papers.ts';

/** What came in on each connection, byte for byte, at a server that says yes to everything. */
const wires: { bytes: string }[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((socket) => {
    const wire = { bytes: '' };
    wires.push(wire);
    let read = 0;
    let inBody = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      wire.bytes += chunk.toString('latin1');
      for (let end = wire.bytes.indexOf('\r\n', read); end >= 0; end = wire.bytes.indexOf('\r\n', read)) {
        const line = wire.bytes.slice(read, end);
        read = end + 2;
        if (inBody && line !== '.') continue;
        inBody = line === 'DATA';
        socket.write(inBody ? '354 go on\r\n' : '250 2.0.0 ok\r\n');
      }
    });
    socket.write('220 peer\r\n');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  server.close();
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        ...['\r\n', '\n', '\r', '\0', '\u0085', '\u2028', '\u2029', '.\r\n', '\r\n.\r\n', 'QUIT\r\n'],
        ...['RCPT TO:<eve@example.net>\r\n', 'Bcc: eve@example.net\r\n', 'decoding', ' ', '<', '>', '"', '='],
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join('')),
);

/** An address that somebody might try: ordinary, with something hostile in it or at its ends. */
const addresses = fc
  .tuple(fc.constantFrom('', ' '), hostile, fc.nat(2), fc.uuid())
  .map(
    ([blank, text, place, id]) =>
      `${blank}${['', 'a', `"${text}"`][place]}${id}@example.org${place === 0 ? text : ''}`,
  );

test('whatever papers, topics and addresses hold, the wire carries the commands and headers of our messages alone', async () => {
  const { port } = server.address() as AddressInfo;
  const app = await testApp({ env: { SMTP_URL: `smtp://127.0.0.1:${port}`, SOURCES: 'huggingface' } });
  const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number) =>
    fc.sample(arbitrary, { numRuns: count, seed: 20_260_507 });
  const texts = sample(fc.tuple(hostile, hostile, hostile), 60);
  await storePapers(
    app,
    texts.map(([title, abstract, name], n) => ({
      id: `2605.${String(n).padStart(5, '0')}`,
      title: `Decoding ${title}`,
      abstract,
      tldr: n % 2 ? abstract : null,
      authors: [name],
      keywords: [title],
      categories: [],
      publishedAt: null,
      listedOn: '2026-05-06',
      source: 'huggingface',
      thumbnail: null,
      repository: null,
      projectPage: null,
      signal: { votes: n, comments: 0, stars: null },
    })),
    { measuredAt: new Date('2026-05-06T12:00:00Z') },
  );
  await addIngest(app, {});
  await publish(app, { date: '2026-05-06' });

  const allowed = new Set<string>();
  for (const [n, email] of sample(addresses, 120).entries()) {
    const topic = `decoding ${texts[n % texts.length]?.[0]}`.replace(/[\r\n]/g, ' ');
    const parsed = parseSignUp({ email, topics: [topic, 'decoding'] });
    const again = parsed.ok ? parsed : parseSignUp({ email, topics: ['decoding'] });
    if (!again.ok) continue;
    allowed.add(again.signUp.address.email);
    await subscribe(app, again.signUp);
  }
  expect(allowed.size).toBeGreaterThan(20);
  await sendLetters(app);
  await app.db.subscriber.updateMany({ data: { status: 'active', confirmedAt: app.now() } });
  await compose(app, { now: true });
  const { sent } = await deliverDue(app);

  expect(sent).toBe(allowed.size);
  const messages = wires.flatMap(({ bytes }) => messagesOn(bytes));
  expect(messages.length).toBe(2 * allowed.size);
  expect(new Set(messages.map(({ to }) => to))).toEqual(allowed);
  expect(new Set(messages.flatMap(({ headers }) => headers))).toEqual(new Set(HEADERS));
});

const HEADERS = [
  ...[
    'from',
    'to',
    'subject',
    'message-id',
    'date',
    'mime-version',
    'content-type',
    'list-id',
    'list-unsubscribe',
  ],
  ...['list-unsubscribe-post', 'precedence', 'auto-submitted', 'feedback-id', 'x-auto-response-suppress'],
];

/** The messages of one connection; fails on any byte that is not part of one. */
function messagesOn(bytes: string): { to: string; headers: string[] }[] {
  const session = /^EHLO \S+\r\n((?:[\s\S]*\r\n\.\r\n)?)(?:QUIT\r\n)?$/.exec(bytes);
  expect(session, 'a whole session').not.toBeNull();
  return (session?.[1] ?? '')
    .split(/(?<=\r\n\.\r\n)/)
    .filter(Boolean)
    .map((message) => {
      const parts =
        /^MAIL FROM:<bounce\+[\w-]+@paperboy\.test>(?: SMTPUTF8)?\r\nRCPT TO:<([^<>\r\n]+)>\r\nDATA\r\n([\s\S]*?\r\n)\r\n[\s\S]*\r\n\.\r\n$/.exec(
          message,
        );
      expect(parts, message.slice(0, 300)).not.toBeNull();
      const headers = (parts?.[2] ?? '')
        .replace(/\r\n[ \t]/g, ' ')
        .split('\r\n')
        .filter(Boolean);
      return {
        to: parts?.[1] ?? '',
        headers: headers.map((line) => /^([\w-]+): /.exec(line)?.[1]?.toLowerCase() ?? line),
      };
    });
}

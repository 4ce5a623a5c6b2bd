import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Inbound, readInbound } from '../../../src/delivery/inbound/inbound.ts';
import { parseAddress } from '../../../src/subscribers/address.ts';
import { arf, DAEMON, dsn, failed, lines, plain, returned, TOKEN } from './samples.ts';

const SAMPLES = [
  dsn({ fields: failed('5.1.1', '550 5.1.1 User unknown') }),
  arf(['Feedback-Type: abuse', 'Original-Rcpt-To: ada@reader.example']),
  plain(DAEMON, '<ada@reader.example>: 550 User unknown', '', '--- Below this line is a copy', returned),
  plain(['From: ada@reader.example', 'Subject: hi'], 'a topic', '-- ', 'Ada'),
];

const ENVELOPES = fc.record({
  to: fc.constantFrom(
    `bounce+${TOKEN}@digest.example`,
    'subscribe@digest.example',
    'hello@digest.example',
    '',
  ),
  from: fc.constantFrom('', 'ada@reader.example', '<>', 'x'),
});

/** What holds of every reading, of whatever message. */
function sound(inbound: Inbound): void {
  if (inbound.kind === 'bounce') {
    expect(['hard', 'soft']).toContain(inbound.severity);
    expect(inbound.reason).toMatch(/^[a-z ]{4,60}$/);
    if (inbound.status !== null) expect(inbound.status).toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
  }
  const address =
    inbound.kind === 'subscribe' ? inbound.from : 'recipient' in inbound ? inbound.recipient : null;
  if (address !== null) expect(parseAddress(address)).toMatchObject({ ok: true, email: address });
  if ('token' in inbound && inbound.token !== null) expect(inbound.token).toMatch(/^[\w-]{1,64}$/);
  if ('messageId' in inbound && inbound.messageId !== null)
    expect(inbound.messageId).toMatch(/^[^<>\s]{1,250}$/);
  if (inbound.kind === 'subscribe') for (const topic of inbound.topics) expect(topic).not.toMatch(/[\r\n]/);
}

const holds = (raws: fc.Arbitrary<Buffer>, numRuns = 300) =>
  fc.assert(
    fc.asyncProperty(raws, ENVELOPES, async (raw, envelope) => sound(await readInbound(raw, envelope))),
    { numRuns },
  );

test('any bytes are read as something', async () => {
  await holds(fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)));
});

test('a message cut off anywhere is read as something', async () => {
  const cut = fc
    .tuple(fc.constantFrom(...SAMPLES), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([sample, share]) => Buffer.from(sample.slice(0, Math.floor(share * sample.length))));
  await holds(cut);
});

test('a message with something foreign in it is read as something', async () => {
  const foreign = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('\r\n', '\r\n\r\n', '--r', '=?', '\0', '<>', '@'),
  );
  const spliced = fc
    .tuple(fc.constantFrom(...SAMPLES), fc.nat(2000), fc.nat(50), foreign)
    .map(([sample, at, gone, text]) => Buffer.from(sample.slice(0, at) + text + sample.slice(at + gone)));
  await holds(spliced);
});

test('parts in parts in parts are read as something', async () => {
  const part = (depth: number, type: string) =>
    lines(`Content-Type: ${type}; boundary=b${depth}`, '', `--b${depth}`, '');
  const nested = fc
    .tuple(
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom('multipart/mixed', 'multipart/report', 'message/rfc822'),
    )
    .map(([depth, type]) =>
      Buffer.from(Array.from({ length: depth }, (_, at) => part(at, type)).join('') + SAMPLES[0]),
    );
  await holds(nested, 50);
});

test.each([
  ['empty lines', '\n'],
  ['headers', 'X-Trouble: 1\r\n'],
  ['parts', '--r\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n'],
  ['recipients', 'Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\n\r\n'],
  ['answers', '550 user unknown\r\n\r\n'],
  ['addresses', 'a@b.example '],
  ['at signs', '@'],
  ['dots', 'a.'],
  ['tags', '<a href="'],
  ['blanks', ' '],
])('three megabytes of %s take linear time', { timeout: 30_000 }, async (_what, unit) => {
  const heads = ['', lines('Content-Type: text/html', '', ''), dsn({ fields: [] }).slice(0, 420), 'From: '];
  for (const head of heads)
    sound(
      await readInbound(head + unit.repeat(3_000_000 / unit.length), {
        to: 'bounce@digest.example',
        from: '',
      }),
    );
});

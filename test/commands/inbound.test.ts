import { Readable } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import { openTerminal } from '../../src/commands/command.ts';
import { runInbound } from '../../src/commands/inbound.ts';
import { runUnsuppress } from '../../src/commands/readers.ts';
import { signMailLink } from '../../src/subscribers/links.ts';
import { testApp } from '../support/app.ts';
import { confirmedReader } from '../support/readers.ts';

let id: string;
let leave: string;
const app = await testApp();
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, feedback CASCADE`;
  id = await confirmedReader(app);
  leave = `unsubscribe+${signMailLink(app.secrets, 'unsubscribe', id)}@paperboy.test`;
});

const pipe = (mail: string, envelope: { to?: string; from?: string } = {}) =>
  runInbound(envelope, Readable.from(mail ? [Buffer.from(mail)] : []))(app, openTerminal(true));
const status = async () => (await app.db.subscriber.findUniqueOrThrow({ where: { id } })).status;

test('a mail from a pipe is taken as one to the address that it was piped for', async () => {
  expect(await pipe('From: ada@example.org\n\nplease', { to: leave })).toMatchObject({
    data: { received: 'unsubscribed' },
  });
  expect(await status()).toBe('unsubscribed');
});

test.each(['To', 'Delivered-To', 'X-Original-To'])(
  'without an envelope %s says where it arrived',
  async (name) => {
    const folded = `${name}:\r\n <${leave}>`;
    await pipe(`Received: from mx\r\n by us\r\n${folded}\r\nFrom: ada@example.org\r\n\r\n`);
    expect(await status()).toBe('unsubscribed');
  },
);

test('a report that only names a reader’s address counts, for the mail server vouches for it', async () => {
  const report = [
    'From: MAILER-DAEMON@mx.example.org',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    'Final-Recipient: rfc822; ADA@example.org',
    'Action: failed',
    'Status: 5.1.1',
    '--b--',
  ].join('\n');
  expect(await pipe(report, { from: '' })).toMatchObject({ data: { received: 'suppressed' } });
  expect(await status()).toBe('suppressed');
  expect(await pipe(report, { from: '' })).toMatchObject({ data: { received: 'repeat' } });
  expect(await runUnsuppress('ada@example.org')(app, openTerminal(true))).toMatchObject({
    data: { found: true },
  });
  expect(await status()).toBe('unsubscribed');
});

test('a sign-up from a pipe is asked to confirm, unless the envelope says that a program sent it', async () => {
  const mail = (path: string) =>
    `${path}From: Grace <grace@example.org>\nTo: subscribe@paperboy.test\n\nworld models\n`;
  for (const path of ['Return-Path: <>\n', 'Return-Path:\n'])
    expect(await pipe(mail(path))).toMatchObject({ data: { received: 'ignored' } });
  expect(await pipe(mail(''), { from: '' })).toMatchObject({ data: { received: 'ignored' } });
  expect(await pipe(mail('Return-Path: <grace@example.org>\n'))).toMatchObject({
    data: { received: 'asked to confirm' },
  });
  expect(await pipe(mail(''))).toMatchObject({ data: { received: 'asked to confirm' } });
});

test('nothing on standard input is a failure', async () => {
  expect(await pipe('')).toEqual({ lines: [expect.stringContaining('no mail')], failed: true });
});

test('what is longer than a mail may be is read to its end, and as far as it counts', async () => {
  const long = `To: ${leave}\n\n${'x'.repeat(3_000_000)}`;
  expect(await pipe(long)).toMatchObject({ data: { received: 'unsubscribed' } });
});

test('a database that is away is a failure, so that the mail server keeps the mail', async () => {
  const db = { $transaction: () => Promise.reject(new Error('away')) } as never;
  const mail = Readable.from([Buffer.from(`To: ${leave}\n\n`)]);
  await expect(runInbound({}, mail)({ ...app, db }, openTerminal(true))).rejects.toThrow('away');
});

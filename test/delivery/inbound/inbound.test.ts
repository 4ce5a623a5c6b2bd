import { describe, expect, test } from 'vitest';
import { readInbound } from '../../../src/delivery/inbound/inbound.ts';
import { arf, DAEMON, dsn, failed, ID, lines, OTHER_TOKEN, plain, returned, TOKEN } from './samples.ts';

const read = (raw: string, to = `bounce+${TOKEN}@digest.example`, from = '') =>
  readInbound(raw, { to, from });
const elsewhere = 'postmaster@digest.example';

describe('a report by RFC 3464', () => {
  test('is a bounce with its code, its recipient and the envelope’s token', async () => {
    expect(await read(dsn({ fields: failed('5.1.1', '550 5.1.1 User unknown') }))).toEqual({
      kind: 'bounce',
      severity: 'hard',
      status: '5.1.1',
      reason: 'no such mailbox',
      recipient: 'ada@reader.example',
      token: TOKEN,
      messageId: `${ID}@digest.example`,
    });
  });

  test('is read as bytes, with folded, spaced and oddly cased fields', async () => {
    const fields = [
      'original-recipient : RFC822 ; <Ada@Reader.Example>',
      'Final-Recipient: rfc822; behind@other.example',
      'ACTION: Failed',
      'status : 5.0.0 (nobody knows)',
      'Diagnostic-Code: smtp;',
      '\t552 5.2.2 there is',
      ' no room',
    ];
    expect(await readInbound(Buffer.from(dsn({ fields })), { to: elsewhere, from: '' })).toMatchObject({
      severity: 'soft',
      status: '5.2.2',
      recipient: 'Ada@reader.example',
    });
  });

  test('whose own words are hard is judged without the message that it returns', async () => {
    const bounce = await read(dsn({ fields: failed('5.1.1', '550 5.1.1 User unknown'), text: 'Sorry.' }));
    expect(bounce).toMatchObject({ severity: 'hard' });
  });

  test('that explains itself only in its text is judged by the text', async () => {
    const fields = ['Final-Recipient: rfc822; ada@reader.example', 'Action: failed', 'Status: 5.0.0'];
    const text = 'ada@reader.example: the domain does not exist';
    expect(await read(dsn({ fields, text }))).toMatchObject({ severity: 'hard', reason: 'no such domain' });
  });

  test.each(['delayed', 'Delayed (still trying)'])('with the action %s is not a bounce', async (action) => {
    const fields = ['Final-Recipient: rfc822; ada@reader.example', `Action: ${action}`, 'Status: 4.4.1'];
    expect(await read(dsn({ fields }))).toEqual({ kind: 'nothing', why: 'delayed, still being tried' });
  });

  test.each(['delivered', 'relayed', 'expanded'])('with the action %s is not a bounce', async (action) => {
    const fields = ['Final-Recipient: rfc822; ada@reader.example', `Action: ${action}`, 'Status: 2.0.0'];
    expect(await read(dsn({ fields }))).toEqual({ kind: 'nothing', why: 'delivered' });
  });

  test('of several recipients is hard only when all of them are', async () => {
    const hard = failed('5.1.1', '550 5.1.1 User unknown');
    const full = failed('5.2.2', '552 5.2.2 full');
    const late = ['Final-Recipient: rfc822; bob@reader.example', 'Action: delayed', 'Status: 4.0.0'];
    expect(await read(dsn({ fields: [...hard, '', ...hard] }))).toMatchObject({ severity: 'hard' });
    expect(await read(dsn({ fields: [...hard, '', ...full] }))).toMatchObject({ severity: 'soft' });
    expect(await read(dsn({ fields: [...late, '', ...hard] }))).toMatchObject({ severity: 'soft' });
  });

  test('that names nobody is a soft bounce', async () => {
    expect(await read(dsn({ fields: [], text: 'No report can be given.' }))).toMatchObject({
      kind: 'bounce',
      severity: 'soft',
      reason: 'no reason given',
      recipient: 'ada@reader.example',
    });
  });

  test('about a bounce is judged by the outer report alone', async () => {
    const inner = dsn({ fields: failed('5.1.1', '550 5.1.1 User unknown') });
    const outer = dsn({ fields: failed('5.7.1', '550 5.7.1 go away'), back: inner });
    expect(await read(outer)).toMatchObject({ severity: 'soft', status: '5.7.1' });
  });

  test('is found in the text of a message whose parts are broken', async () => {
    const broken = lines(
      'From: <mailer-daemon@mx.example>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="never"',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      ...failed('5.1.1', '550 5.1.1 User unknown'),
    );
    expect(await read(broken)).toMatchObject({ severity: 'hard', recipient: 'ada@reader.example' });
  });

  test('of a message that was read is no bounce', async () => {
    const receipt = dsn({ fields: [] }).replaceAll('delivery-status', 'disposition-notification');
    expect(await read(receipt)).toEqual({ kind: 'nothing', why: 'a receipt' });
  });
});

describe('the token', () => {
  const report = (back = returned) => dsn({ fields: failed('5.1.1', '550 5.1.1 User unknown'), back });

  test('of the envelope comes before any other', async () => {
    expect(await read(report(), `BOUNCE+${OTHER_TOKEN}@digest.example`)).toMatchObject({
      token: OTHER_TOKEN,
    });
  });

  test('is the one that came back, where a system wrote the envelope in lower case', async () => {
    expect(await read(report(), `bounce+${TOKEN.toLowerCase()}@digest.example`)).toMatchObject({
      token: TOKEN,
    });
  });

  test('is looked for in what came back', async () => {
    expect(await read(report(), elsewhere)).toMatchObject({ token: TOKEN });
    const withoutPath = returned.split('\r\n').slice(1).join('\r\n');
    expect(await read(report(withoutPath), elsewhere)).toMatchObject({ token: OTHER_TOKEN });
  });

  test('may be missing, and then the Message-ID may tell', async () => {
    const back = lines('To: ada@reader.example', `Message-ID: <${ID}@digest.example>`, '', 'Hello');
    expect(await read(report(back), elsewhere)).toMatchObject({
      token: null,
      messageId: `${ID}@digest.example`,
    });
    expect(await read(report('Hello'), elsewhere)).toMatchObject({ token: null, messageId: null });
  });
});

describe('a bounce in free form', () => {
  test('names the reason in a paragraph, and returns the message in the same text', async () => {
    const raw = plain(
      DAEMON,
      'Hello, this is the mail program of mx.example.',
      '',
      '<ada@reader.example>:',
      '192.0.2.9 answered RCPT TO: 550 No such user here',
      '',
      '--- Below this line is a copy of the message.',
      '',
      returned,
    );
    expect(await read(raw, elsewhere)).toMatchObject({
      kind: 'bounce',
      severity: 'hard',
      token: TOKEN,
      recipient: 'ada@reader.example',
      messageId: `${ID}@digest.example`,
    });
  });

  test('of several recipients is hard only when all of them are', async () => {
    const raw = plain(
      DAEMON,
      'Two could not be reached:',
      '',
      '<ada@a.example>: 550 5.1.1 User unknown',
      '',
      '<bob@b.example>: 552 5.2.2 Mailbox full',
    );
    expect(await read(raw)).toMatchObject({ severity: 'soft', reason: 'mailbox full' });
  });

  test('without a reason is soft', async () => {
    expect(await read(plain(DAEMON, 'It did not work. Sorry.'))).toMatchObject({
      severity: 'soft',
      status: null,
      reason: 'no reason given',
    });
  });

  test('is recognised by X-Failed-Recipients', async () => {
    const headers = ['From: system@mx.example', 'Subject: Notice', 'X-Failed-Recipients: ada@reader.example'];
    expect(await read(plain(headers, 'unrouteable address'))).toMatchObject({
      severity: 'hard',
      recipient: 'ada@reader.example',
    });
  });

  test('in HTML alone is read too', async () => {
    const headers = [...DAEMON, 'Content-Type: text/html; charset=utf-8'];
    const html = '<p>Your mail could not be delivered.</p><p>550&nbsp;5.1.1 <b>User</b> unknown</p>';
    expect(await read(plain(headers, html))).toMatchObject({ severity: 'hard', status: '5.1.1' });
  });

  test('that only warns of a delay is not a bounce', async () => {
    const raw = plain(
      DAEMON,
      'Your message has not yet been delivered: 550 5.1.1 is what we do not get, 450 4.2.0 is.',
      'Delivery attempts will continue.',
    );
    expect(await read(raw)).toEqual({ kind: 'nothing', why: 'delayed, still being tried' });
  });

  test('gives a reason without an address, whatever the server wrote', async () => {
    const bounce = await read(plain(DAEMON, '550 5.1.1 ada@reader.example is a secret'));
    expect(bounce).toMatchObject({ reason: expect.not.stringContaining('ada') });
  });
});

describe('an automatic answer is not a bounce, even when it comes to the bounce address', () => {
  const away = 'I am away; my mailbox is full and mail to me could not be delivered anyway.';
  test.each([
    ['Auto-Submitted: auto-replied', 'Hello'],
    ['Auto-Submitted: auto-generated', 'Hello'],
    ['Precedence: auto_reply', 'Hello'],
    ['X-Autoreply: yes', 'Hello'],
    ['X-Autorespond: vacation', 'Hello'],
    ['X-Nothing: at all', 'Out of office: Ten papers for you'],
    ['X-Nothing: at all', 'Automatic reply: Ten papers for you'],
    ['X-Nothing: at all', 'Abwesenheitsnotiz: Ten papers for you'],
    ['X-Nothing: at all', '=?utf-8?q?R=C3=A9ponse_automatique_=3A_papers?='],
  ])('%s, %s', async (header, subject) => {
    const raw = plain(['From: ada@reader.example', `Subject: ${subject}`, header], away);
    expect(await read(raw)).toEqual({ kind: 'auto-reply' });
  });

  test('a reader’s own letter is nothing', async () => {
    const raw = plain(
      ['From: ada@reader.example', 'Subject: Re: Ten papers', 'Auto-Submitted: no'],
      'Nice, but last week one was not delivered because my mailbox was full.',
    );
    expect(await read(raw)).toEqual({ kind: 'nothing', why: 'no report' });
  });
});

describe('a complaint', () => {
  test('by RFC 5965 names the reader by the message that comes with it', async () => {
    const raw = arf(['Feedback-Type: abuse', 'Version: 1', 'Original-Rcpt-To: <ada@reader.example>']);
    expect(await read(raw, elsewhere)).toEqual({
      kind: 'complaint',
      token: TOKEN,
      messageId: `${ID}@digest.example`,
      recipient: 'ada@reader.example',
    });
  });

  test('may hide the reader’s address', async () => {
    const raw = arf(['Feedback-Type: fraud', 'Original-Rcpt-To: redacted'], 'Subject: x\r\n\r\nx');
    expect(await read(raw, elsewhere)).toEqual({
      kind: 'complaint',
      token: null,
      messageId: null,
      recipient: null,
    });
  });

  test.each(['not-spam', 'auth-failure'])('of type %s is none', async (type) => {
    expect(await read(arf([`Feedback-Type: ${type}`]), elsewhere)).toEqual({
      kind: 'nothing',
      why: `feedback of type ${type}`,
    });
  });

  test('may be the message itself under a telling subject', async () => {
    const raw = lines(
      'From: staff@provider.example',
      'Subject: complaint about message from 192.0.2.4',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'X-HmXmrOriginalRecipient: ada@reader.example',
      returned,
      '--b--',
    );
    expect(await read(raw, elsewhere)).toMatchObject({
      kind: 'complaint',
      token: TOKEN,
      recipient: 'ada@reader.example',
    });
  });
});

describe('mail to unsubscribe', () => {
  test('unsubscribes whatever it says, in any spelling of the word', async () => {
    const apple = plain(['From: ada@reader.example', 'Auto-Submitted: auto-replied'], 'Sent to unsubscribe.');
    for (const word of ['unsubscribe', 'UNSUBSCRIBE', 'Unsubscribe'])
      expect(await read(apple, `${word}+${TOKEN}@digest.example`)).toEqual({
        kind: 'unsubscribe',
        token: TOKEN,
      });
    expect(await read('', `unsubscribe+${TOKEN}@digest.example`)).toEqual({
      kind: 'unsubscribe',
      token: TOKEN,
    });
  });

  test('needs a token', async () => {
    for (const to of [
      'unsubscribe@digest.example',
      'unsubscribe+@digest.example',
      'unsubscribe+a b@digest.example',
    ])
      expect(await read('', to)).toMatchObject({ kind: 'nothing' });
  });
});

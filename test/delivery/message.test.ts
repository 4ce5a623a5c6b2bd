import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { digestMessage, letterMessage } from '../../src/delivery/message.ts';
import { textOf } from '../../src/lib/pieces.ts';
import { encode } from '../../src/lib/quoted-printable.ts';
import type { Outgoing } from '../../src/lib/smtp/smtp.ts';

const html = `<p>Grüße, ${'word '.repeat(600)}</p>\n<p>.</p>\n`;
const text = `Grüße\n.\n${'word '.repeat(600)}\n`;
const message = {
  id: '0198f0aa-1111-7222-8333-444455556666',
  to: 'reader@example.org',
  date: new Date('2026-05-07T08:00:00Z'),
  from: { name: 'Paperboy', address: 'digest@paperboy.test' },
  links: {
    oneClick: 'https://paperboy.test/unsubscribe/LEAVE',
    domain: 'return.paperboy.test',
    tokens: { unsubscribe: 'LEAVE', bounce: 'BACK' },
  },
  encoded: {
    subject: 'τ²-Drafter and 6 more on state space models, speculative decoding and a third topic',
    html: encode(html),
    text: encode(text),
  },
};
const written = ({ raw }: Outgoing) => Buffer.from(textOf(raw), 'latin1');
const names = async (raw: Buffer) => (await simpleParser(raw)).headerLines.map(({ key }) => key);
const LIST = ['list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'precedence', 'feedback-id'];
const COMMON = [
  ...['auto-submitted', 'x-auto-response-suppress', 'from', 'to', 'subject', 'message-id', 'date'],
  ...['mime-version', 'content-type'],
];

describe('A digest as a message', () => {
  test('has the headers of a list that can be left with one click, and no others', async () => {
    const raw = written(digestMessage(message));
    const { headers } = await simpleParser(raw);
    expect(await names(raw)).toEqual([...LIST, ...COMMON]);
    expect(headers.get('precedence')).toBe('bulk');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('feedback-id')).toBe('2026-05-07:digest:paperboy');
    const [head = ''] = raw.toString().split('\r\n\r\n');
    expect(head).toContain('List-ID: <digest.paperboy.test>');
    expect(head).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(head.replace(/\r\n /g, ' ')).toContain(
      'List-Unsubscribe: <https://paperboy.test/unsubscribe/LEAVE>, ' +
        '<mailto:unsubscribe+LEAVE@return.paperboy.test?subject=unsubscribe>',
    );
  });

  test('bears the delivery in its id and in the address that its bounces go to', async () => {
    const { from, to, raw } = digestMessage(message);
    const { messageId, date } = await simpleParser(textOf(raw));
    expect({ from, to }).toEqual({ from: 'bounce+BACK@return.paperboy.test', to: 'reader@example.org' });
    expect(messageId).toBe('<0198f0aa-1111-7222-8333-444455556666@paperboy.test>');
    expect(date).toEqual(message.date);
  });

  test('carries the text first and then the HTML, both as they were rendered', async () => {
    const raw = written(digestMessage(message));
    const read = await simpleParser(raw);
    expect(read.subject).toBe(message.encoded.subject);
    expect(read.text?.trim()).toBe(text.trim());
    expect(String(read.html).trim()).toBe(html.trim());
    const strict = await PostalMime.parse(raw);
    expect([strict.text?.trim(), strict.html?.trim()]).toEqual([text.trim(), html.trim()]);
    const types = [...raw.toString().matchAll(/^Content-Type: ([\w/]+)/gm)].map(([, type]) => type);
    expect(types).toEqual(['multipart/alternative', 'text/plain', 'text/html']);
  });

  test('is the same to the byte when it is made again, and another when it is another delivery', () => {
    const first = written(digestMessage(message));
    const again = written(digestMessage(structuredClone(message)));
    const other = written(digestMessage({ ...message, id: '0198f0aa-1111-7222-8333-444455557777' }));
    expect(again.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
  });

  test('names domains in A-labels', async () => {
    const { from, raw } = digestMessage({
      ...message,
      from: { name: 'Zeitungsbote', address: 'bote@bücher.example' },
      links: { ...message.links, domain: 'rücklauf.bücher.example' },
    });
    expect(from).toBe('bounce+BACK@xn--rcklauf-n2a.xn--bcher-kva.example');
    expect(textOf(raw)).toContain('From: Zeitungsbote <bote@xn--bcher-kva.example>');
    expect(textOf(raw)).not.toContain('bücher');
  });

  test.each([
    ['an id', { id: 'x>\r\nBcc: a@b.test' }],
    ['an address', { to: 'reader@example.org\r\nBcc: a@b.test' }],
    ['an address in another alphabet', { to: 'użytkownik@example.org' }],
    ['a token', { links: { ...message.links, tokens: { unsubscribe: 'a b', bounce: 'x' } } }],
    [
      'a token too long for an address',
      { links: { ...message.links, tokens: { unsubscribe: 'x', bounce: 'x'.repeat(53) } } },
    ],
    ['a domain', { links: { ...message.links, domain: 'a b' } }],
    ['a link', { links: { ...message.links, oneClick: 'javascript:alert(1)' } }],
  ])('is not made with %s that cannot stand in a header', async (_what, wrong) => {
    await expect(async () => digestMessage({ ...message, ...wrong })).rejects.toThrow(TypeError);
  });
});

describe('A letter as a message', () => {
  test('the confirmation offers no way to leave a list that nobody is on yet', async () => {
    expect(await names(written(letterMessage({ ...message, kind: 'confirm' })))).toEqual(COMMON);
  });

  test.each(['welcome', 'already'] as const)(
    '%s can be answered with one click, but is no bulk mail',
    async (kind) => {
      const letter = letterMessage({ ...message, kind });
      expect(await names(written(letter))).toEqual(['list-unsubscribe', 'list-unsubscribe-post', ...COMMON]);
      expect(letter.from).toBe('bounce+BACK@return.paperboy.test');
    },
  );
});

test('whatever the subject, name and content, the headers are the same, in ASCII, on short lines with CRLF', async () => {
  const text = fc.oneof(
    fc.uint16Array({ maxLength: 200 }).map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          '\r',
          '\n',
          '\r\n',
          '\0',
          '\u2028',
          '\u202e',
          '\ud800',
          ' ',
          'Bcc: a@b.test',
          ',',
          '<',
          '>',
          '"',
          ':',
          ';',
          '=?UTF-8?Q?x?=',
          '\\',
        ),
        { maxLength: 30 },
      )
      .map((pieces) => pieces.join('')),
  );
  await fc.assert(
    fc.asyncProperty(text, text, text, async (subject, name, content) => {
      const { raw } = digestMessage({
        ...message,
        from: { ...message.from, name },
        encoded: { subject, html: encode(`<p>${content}</p>`), text: encode(`${content}.`) },
      });
      const bytes = textOf(raw);
      const parsed = await simpleParser(bytes);
      expect(parsed.headerLines.map(({ key }) => key)).toEqual([...LIST, ...COMMON]);
      expect(parsed.from?.value.map(({ address }) => address)).toEqual(['digest@paperboy.test']);
      expect([parsed.to].flat().flatMap((to) => to?.value.map(({ address }) => address))).toEqual([
        'reader@example.org',
      ]);
      expect(parsed.attachments).toEqual([]);
      expect(bytes).toMatch(/^[\x20-\x7e\t\r\n]*$/);
      for (const line of bytes.split('\r\n')) {
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.length).toBeLessThanOrEqual(998);
      }
    }),
    { numRuns: 150 },
  );
});

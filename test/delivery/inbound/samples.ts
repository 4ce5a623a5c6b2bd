/** Messages in the shapes that come back, in words of our own. */

export const TOKEN = 'AZGwq7dxcXGd0mXyV3nPpQabcdEFGHijkl-_0123456';
export const OTHER_TOKEN = 'zyxwVUTSRQponmlkjihgfedcbaZYXWvutsrq9876543';
export const ID = '0199c2a4-7d3e-7b11-8f2a-3c5d7e9fab12';

export const lines = (...all: string[]) => all.join('\r\n');

/** The head of one of our digests, as a server returns it. */
export const returned = lines(
  `Return-Path: <bounce+${TOKEN}@digest.example>`,
  'From: Paperboy <hello@digest.example>',
  'To: ada@reader.example',
  'Subject: Ten papers for you',
  `Message-ID: <${ID}@digest.example>`,
  `List-Unsubscribe: <https://digest.example/unsubscribe/${OTHER_TOKEN}>,`,
  ` <mailto:unsubscribe+${OTHER_TOKEN}@digest.example?subject=unsubscribe>`,
  '',
  'Mailbox full of quota exceeded papers: user unknown.',
);

/** A report by RFC 3464. */
export function dsn({
  fields,
  text = 'Something kept us from delivering your mail.',
  back = returned,
  headers = [],
}: {
  fields: string[];
  text?: string;
  back?: string;
  headers?: string[];
}): string {
  return lines(
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    'To: <bounce@digest.example>',
    'Subject: Your mail came back',
    'Auto-Submitted: auto-replied',
    ...headers,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
    '',
    '--r',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    ...fields,
    '',
    '--r',
    'Content-Type: message/rfc822',
    '',
    back,
    '--r--',
    '',
  );
}

export const failed = (status: string, diagnostic: string) => [
  'Final-Recipient: rfc822; ada@reader.example',
  'Action: failed',
  `Status: ${status}`,
  `Diagnostic-Code: smtp; ${diagnostic}`,
];

/** A complaint by RFC 5965. */
export const arf = (fields: string[], back = returned) =>
  lines(
    'From: feedback@provider.example',
    'Subject: A complaint',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="r"',
    '',
    '--r',
    'Content-Type: text/plain',
    '',
    'One of our users has marked this as unwanted.',
    '--r',
    'Content-Type: message/feedback-report',
    '',
    ...fields,
    '--r',
    'Content-Type: message/rfc822',
    '',
    back,
    '--r--',
    '',
  );

/** A message with these headers and this text. */
export const plain = (headers: string[], ...text: string[]) => lines(...headers, '', ...text, '');

export const DAEMON = ['From: <MAILER-DAEMON@mx.example>', 'Subject: Could not deliver'];

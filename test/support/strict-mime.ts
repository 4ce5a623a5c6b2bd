import { expect } from 'vitest';

type Part = { headers: Map<string, string>; body: string };

/**
 * A message of two alternatives read as the standards have it, with no tolerance at all: ASCII, lines that end in CRLF and
 * are no longer than they may be and begin with no dot (RFC 5321, 4.5.2), fields folded well (RFC 5322, 2.2), delimiters
 * where they must be and nowhere else (RFC 2046, 5.1.1), quoted-printable with nothing odd in it (RFC 2045, 6.7).
 */
export function readStrictly(raw: Buffer): { headers: Map<string, string>; parts: Part[] } {
  const message = raw.toString('latin1');
  expect(message).toMatch(/^(?:[\x20-\x7e\t]*\r\n)+$/);
  for (const line of message.split('\r\n')) expect(line).toMatch(/^(?!\.).{0,998}$/);
  const { headers, body } = entity(message);
  const [, boundary = ''] =
    /^multipart\/alternative; boundary="([\w=-]{1,70})"$/.exec(headers.get('content-type') ?? '') ?? [];
  expect(boundary).not.toBe('');
  const [preamble, ...parts] = body.split(`--${boundary}\r\n`);
  expect(preamble).toBe('');
  const last = parts.pop() ?? '';
  expect(last.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  const bodies = [...parts, last.slice(0, -`--${boundary}--\r\n`.length)];
  for (const part of bodies) expect(part).not.toContain(`--${boundary}`);
  return { headers, parts: bodies.map(decoded) };
}

/** Fields by their names in lower case, unfolded; a name twice is a fault. */
function entity(text: string): Part {
  const end = text.indexOf('\r\n\r\n');
  expect(end).toBeGreaterThan(0);
  const headers = new Map<string, string>();
  for (const field of text.slice(0, end).split(/\r\n(?![ \t])/)) {
    for (const line of field.split('\r\n')) expect(line).toMatch(/^.{0,78}$|^\s?\S+$/);
    const [, name = '', value = ''] = /^([!-9;-~]+):(?:\r\n)?[ \t]([\s\S]*\S)$/.exec(field) ?? [];
    expect(field).not.toMatch(/\r\n[ \t]*(?:\r\n|$)/);
    expect(name).not.toBe('');
    expect(headers.has(name.toLowerCase()), name).toBe(false);
    headers.set(name.toLowerCase(), value.replace(/\r\n(?=[ \t])/g, ''));
  }
  return { headers, body: text.slice(end + 4) };
}

function decoded(text: string): Part {
  const { headers, body } = entity(text);
  expect(headers.get('content-transfer-encoding')).toBe('quoted-printable');
  for (const line of body.split('\r\n'))
    expect(line).toMatch(
      /^(?=.{0,76}$)(?:(?:[ -<>-~\t]|=[0-9A-F]{2})*(?:[!-<>-~]|=[0-9A-F]{2})|[ -<>-~\t]*(?:=[0-9A-F]{2}[ -<>-~\t]*)*=)?$/,
    );
  const bytes = body
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return { headers, body: utf8.decode(Buffer.from(bytes, 'latin1')).replaceAll('\r\n', '\n') };
}

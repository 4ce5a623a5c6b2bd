import { createHash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type Pieces, textOf } from './pieces.ts';

/** What one signature is made with. Its public half is the TXT record of `selector._domainkey.domain`. */
export type DkimKey = {
  /** In A-labels. */
  domain: string;
  selector: string;
  /** RSA or Ed25519. */
  key: KeyObject;
};

/**
 * Signs RFC 5322 text, whose lines end in CRLF, with every key: the same text below one DKIM-Signature a key (RFC 6376,
 * relaxed/relaxed; Ed25519 by RFC 8463). The same message gives the same bytes, for a signature bears no time. The keys'
 * arithmetic, most of the work, is done off the main thread.
 */
export function dkimSigner(keys: DkimKey[]): (raw: Pieces) => Promise<Pieces> {
  return async (raw) => {
    if (keys.length === 0) return raw;
    const text = textOf(raw);
    const end = text.indexOf('\r\n\r\n');
    const [head, body] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 4)];
    const fields = signedFields(head);
    const bodyHash = sha256(relaxedBody(body)).toString('base64');
    const signatures = await Promise.all(keys.map((key) => signature(key, fields, bodyHash)));
    return [signatures.map((field) => `${field}\r\n`), raw];
  };
}

/**
 * Where they are present: what a reader sees, what mail programs act on, and what keeps the parts of a body apart
 * (RFC 6376, section 5.4.1; RFC 8058, section 4).
 */
const SIGNED = [
  ...['from', 'to', 'subject', 'date', 'message-id', 'reply-to', 'in-reply-to', 'references'],
  ...['list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'feedback-id'],
  ...['mime-version', 'content-type', 'content-transfer-encoding'],
];

type Field = { name: string; relaxed: string };

/** In the order of `h=`: of several fields with one name the last comes first. */
function signedFields(head: string): Field[] {
  const fields = head.split(/\r\n(?![ \t])/).map(relaxedField);
  return SIGNED.flatMap((wanted) => fields.filter(({ name }) => name === wanted).reverse());
}

/** RFC 6376, section 3.4.2. White space is space and tab, nothing else: no `\s`, no `trim()`. */
function relaxedField(field: string): Field {
  const [before = ''] = field.split(':', 1);
  const name = before.toLowerCase().replace(/[ \t]+$/, '');
  const value = field
    .slice(before.length + 1)
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return { name, relaxed: `${name}:${value}` };
}

/** RFC 6376, section 3.4.4, in time linear in the body's length. */
function relaxedBody(body: string): string {
  const text = body
    .replace(/[ \t]{2,}|\t/g, ' ')
    .replaceAll(' \r\n', '\r\n')
    .replace(/ $/, '');
  let end = text.length;
  while (text.endsWith('\r\n', end)) end -= 2;
  return end === 0 ? '' : `${text.slice(0, end)}\r\n`;
}

async function signature(
  { domain, selector, key }: DkimKey,
  fields: Field[],
  bodyHash: string,
): Promise<string> {
  const rsa = key.asymmetricKeyType === 'rsa';
  // One From more than there is, so that a second one cannot be slipped in above it (section 5.4.2).
  const names = ['from', ...fields.map(({ name }) => name)];
  const unsigned = folded([
    'DKIM-Signature: v=1;',
    ` a=${rsa ? 'rsa' : 'ed25519'}-sha256;`,
    ' c=relaxed/relaxed;',
    ` d=${domain};`,
    ` s=${selector};`,
    ...names.map((name, i) => `${i === 0 ? ' h=' : ''}${name}${i === names.length - 1 ? ';' : ':'}`),
    ` bh=${bodyHash};`,
    ' b=',
  ]);
  const covered = [...fields, relaxedField(unsigned)].map(({ relaxed }) => relaxed).join('\r\n');
  const made = rsa
    ? await signAside('sha256', Buffer.from(covered, 'latin1'), key)
    : await signAside(null, sha256(covered), key);
  return [unsigned, ...(made.toString('base64').match(/.{1,77}/g) ?? [])].join('\r\n ');
}

const signAside = promisify(sign);

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();

/** Lines of 78 columns at the most (RFC 5322, section 2.1.1), broken between pieces. */
function folded(pieces: string[]): string {
  const lines: string[] = [];
  for (const piece of pieces) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(piece);
    else if (line.length + piece.length <= 78) lines[lines.length - 1] = line + piece;
    else lines.push(` ${piece.trimStart()}`);
  }
  return lines.join('\r\n');
}

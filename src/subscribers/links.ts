import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app.ts';

/** What a link is for, and whose id it bears: a delivery's for digest, else a subscriber's. */
export type Purpose = 'confirm' | 'preferences' | 'unsubscribe' | 'digest';

/** What mail to an address with a token is for: a delivery's or a letter's bounces, a subscriber's wish to leave. */
export type MailPurpose = 'bounce' | 'unsubscribe';

/**
 * A token of 43 URL-safe characters: the id's 16 bytes and 16 bytes of HMAC-SHA256 over purpose and id, signed with the
 * first secret. It grants one purpose for one id, for as long as a secret that verifies it is kept.
 */
export function signLink(secrets: readonly string[], purpose: Purpose, id: string): string {
  const bytes = bytesOf(id);
  return Buffer.concat([bytes, seal(firstOf(secrets), purpose, bytes)]).toString('base64url');
}

/** The id in a token that one of the secrets signed for this purpose, else null. Takes constant time for any token. */
export function readLink(secrets: readonly string[], purpose: Purpose, token: string): string | null {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character has two bits to spare, so four spellings decode alike: one of them is the token.
  if (bytes.toString('base64url') !== token) return null;
  return idIn(secrets, purpose, bytes);
}

/**
 * The token of `bounce+TOKEN@…` and `unsubscribe+TOKEN@…`: 52 hex digits, the id's 16 bytes and 10 bytes of the HMAC.
 * Mail servers on the way may change the case of a local part, and it has 64 octets at most (RFC 5321, 4.5.3.1.1), 12
 * of them for `unsubscribe+`. 80 bits are plenty where each guess is a mail to us.
 */
export function signMailLink(secrets: readonly string[], purpose: MailPurpose, id: string): string {
  const bytes = bytesOf(id);
  const mac = seal(firstOf(secrets), `mail ${purpose}`, bytes).subarray(0, MAIL_MAC_BYTES);
  return Buffer.concat([bytes, mac]).toString('hex');
}

/** The id in such a token, in whatever case it arrives, else null. Takes constant time for any token. */
export function readMailLink(secrets: readonly string[], purpose: MailPurpose, token: string): string | null {
  if (!/^[0-9a-f]{52}$/i.test(token)) return null;
  return idIn(secrets, `mail ${purpose}`, Buffer.from(token, 'hex'));
}

/** The address of the page that a link of this purpose opens. */
export function urlOf(
  { config, secrets }: Pick<App, 'config' | 'secrets'>,
  purpose: Purpose,
  id: string,
): string {
  return `${config.baseUrl}/${purpose}/${signLink(secrets, purpose, id)}`;
}

const ID_BYTES = 16;
const MAIL_MAC_BYTES = 10;

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function firstOf([secret]: readonly string[]): string {
  if (secret === undefined) throw new Error('No secret to sign links with.');
  return secret;
}

function idIn(secrets: readonly string[], purpose: string, bytes: Buffer): string | null {
  const id = bytes.subarray(0, ID_BYTES);
  const claimed = bytes.subarray(ID_BYTES);
  const verdicts = secrets.map((secret) =>
    timingSafeEqual(seal(secret, purpose, id).subarray(0, claimed.length), claimed),
  );
  return verdicts.includes(true) ? uuidOf(id) : null;
}

const seal = (secret: string, purpose: string, id: Buffer) =>
  createHmac('sha256', secret).update(`paperboy link ${purpose}\0`).update(id).digest().subarray(0, 16);

const uuidOf = (bytes: Buffer) =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

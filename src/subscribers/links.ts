import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app.ts';

/**
 * What a link is for, and whose id it bears: a delivery's for digest, else a subscriber's. `data` shows and deletes what
 * is held about a reader, `feed` is their private feed.
 */
export type Purpose = 'confirm' | 'preferences' | 'unsubscribe' | 'taste' | 'digest' | 'data' | 'feed';

/** What a link is for that holds for one moment of a subscriber's life: `resubscribe` undoes the leaving of that moment. */
export type MomentPurpose = 'resubscribe';

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
  const bytes = bytesIn(token, ID_BYTES + MAC_BYTES);
  return bytes && isSealed(secrets, purpose, bytes, ID_BYTES) ? uuidOf(bytes.subarray(0, ID_BYTES)) : null;
}

/** As `signLink`, in 51 characters, for an id and a moment of its life: the 6 bytes between are its milliseconds. */
export function signMoment(
  secrets: readonly string[],
  purpose: MomentPurpose,
  { id, at }: { id: string; at: Date },
): string {
  const moment = Buffer.alloc(MOMENT_BYTES);
  moment.writeUIntBE(at.getTime(), 0, MOMENT_BYTES);
  const bytes = Buffer.concat([bytesOf(id), moment]);
  return Buffer.concat([bytes, seal(firstOf(secrets), purpose, bytes)]).toString('base64url');
}

/** The id and the moment in such a token, else null. Takes constant time for any token. */
export function readMoment(
  secrets: readonly string[],
  purpose: MomentPurpose,
  token: string,
): { id: string; at: Date } | null {
  const bytes = bytesIn(token, ID_BYTES + MOMENT_BYTES + MAC_BYTES);
  if (bytes === null || !isSealed(secrets, purpose, bytes, ID_BYTES + MOMENT_BYTES)) return null;
  return {
    id: uuidOf(bytes.subarray(0, ID_BYTES)),
    at: new Date(bytes.readUIntBE(ID_BYTES, MOMENT_BYTES)),
  };
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
  const bytes = Buffer.from(token, 'hex');
  return isSealed(secrets, `mail ${purpose}`, bytes, ID_BYTES) ? uuidOf(bytes.subarray(0, ID_BYTES)) : null;
}

/** The address of the page that a link of this purpose opens. */
export function urlOf(
  { config, secrets }: Pick<App, 'config' | 'secrets'>,
  purpose: Exclude<Purpose, 'feed'>,
  id: string,
): string {
  return `${config.baseUrl}/${purpose}/${signLink(secrets, purpose, id)}`;
}

/** The address of a reader's private feed of the digests that they had last. */
export const feedUrlOf = ({ config, secrets }: Pick<App, 'config' | 'secrets'>, id: string): string =>
  `${config.baseUrl}/feed/${signLink(secrets, 'feed', id)}.atom`;

/** The address of the page that undoes a subscriber's leaving at that moment. */
export const undoUrlOf = (
  { config, secrets }: Pick<App, 'config' | 'secrets'>,
  leaving: { id: string; at: Date },
): string => `${config.baseUrl}/resubscribe/${signMoment(secrets, 'resubscribe', leaving)}`;

const ID_BYTES = 16;
const MOMENT_BYTES = 6;
const MAC_BYTES = 16;
const MAIL_MAC_BYTES = 10;

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function firstOf([secret]: readonly string[]): string {
  if (secret === undefined) throw new Error('No secret to sign links with.');
  return secret;
}

/** Null unless the token is the one spelling of so many bytes. */
function bytesIn(token: string, length: number): Buffer | null {
  if (!/^[\w-]{43,51}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character may have bits to spare, so several spellings decode alike: one of them is the token.
  return bytes.length === length && bytes.toString('base64url') === token ? bytes : null;
}

/** Whether the bytes after the first `length` are those that one of the secrets seals the first with. */
function isSealed(secrets: readonly string[], purpose: string, bytes: Buffer, length: number): boolean {
  const claimed = bytes.subarray(length);
  const verdicts = secrets.map((secret) =>
    timingSafeEqual(seal(secret, purpose, bytes.subarray(0, length)).subarray(0, claimed.length), claimed),
  );
  return verdicts.includes(true);
}

function seal(secret: string, purpose: string, bytes: Buffer): Buffer {
  // As a string, for a buffer from there costs a quarter of the whole.
  const mac = createHmac('sha256', secret)
    .update(`paperboy link ${purpose}\0`)
    .update(bytes)
    .digest('latin1');
  return Buffer.from(mac, 'latin1').subarray(0, MAC_BYTES);
}

const uuidOf = (bytes: Buffer) =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

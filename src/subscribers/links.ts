import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App } from '../app.ts';

/** What a link is for, and whose id it bears: a delivery's for digest and bounce, else a subscriber's. */
export type Purpose = 'confirm' | 'preferences' | 'unsubscribe' | 'digest' | 'bounce';

/**
 * A token of 43 URL-safe characters: the id's 16 bytes and 16 bytes of HMAC-SHA256 over purpose and id, signed with the
 * first secret. It grants one purpose for one id, for as long as a secret that verifies it is kept.
 */
export function signLink(secrets: readonly string[], purpose: Purpose, id: string): string {
  const [secret] = secrets;
  if (secret === undefined) throw new Error('No secret to sign links with.');
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return Buffer.concat([bytes, seal(secret, purpose, bytes)]).toString('base64url');
}

/** The id in a token that one of the secrets signed for this purpose, else null. Takes constant time for any token. */
export function readLink(secrets: readonly string[], purpose: Purpose, token: string): string | null {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character has two bits to spare, so four spellings decode alike: one of them is the token.
  if (bytes.toString('base64url') !== token) return null;
  const id = bytes.subarray(0, 16);
  const claimed = bytes.subarray(16);
  const verdicts = secrets.map((secret) => timingSafeEqual(seal(secret, purpose, id), claimed));
  return verdicts.includes(true) ? uuidOf(id) : null;
}

/** The address of the page that a link of this purpose opens. */
export function urlOf(
  { config, secrets }: Pick<App, 'config' | 'secrets'>,
  purpose: Exclude<Purpose, 'bounce'>,
  id: string,
): string {
  return `${config.baseUrl}/${purpose}/${signLink(secrets, purpose, id)}`;
}

const seal = (secret: string, purpose: Purpose, id: Buffer) =>
  createHmac('sha256', secret).update(`paperboy link ${purpose}\0`).update(id).digest().subarray(0, 16);

const uuidOf = (bytes: Buffer) =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

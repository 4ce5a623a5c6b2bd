import { createPublicKey, type KeyObject } from 'node:crypto';
import type { DkimKey } from '../../lib/dkim.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { type Dns, tagsOf, textsOf } from './records.ts';

/** Whether the key that receivers find verifies what our key signs (RFC 6376, section 3.6.1; RFC 8463). */
export async function checkDkim(dns: Dns, { domain, selector, key }: DkimKey): Promise<Finding[]> {
  const name = `${selector}._domainkey.${domain}`;
  const own = createPublicKey(key);
  const publish = `${name} TXT "${recordOf(own)}"`;
  const records = (await textsOf(dns, name)).map(tagsOf).filter((tags) => tags.has('p'));
  const [tags] = records;
  if (!tags) return [fail('dkim', `${name} publishes no key`, publish)];
  if (records.length > 1)
    return [fail('dkim', `${name} has ${records.length} keys; receivers take any of them`, 'Keep one.')];
  if (tags.get('p') === '') return [fail('dkim', `${name} is revoked (its p= is empty)`, publish)];
  if (!isSame(own, tags.get('p') ?? '', tags.get('k') ?? 'rsa'))
    return [fail('dkim', `${name} publishes another key than DKIM_KEY's`, publish)];
  if (!(tags.get('h') ?? 'sha256').split(':').includes('sha256'))
    return [fail('dkim', `${name} does not allow SHA-256, which signs`, 'Take h= out of the record.')];
  if (tags.get('t')?.split(':').includes('y'))
    return [warn('dkim', `${name} matches, but says that it is a test`, 'Take t=y out of the record.')];
  return [ok('dkim', `${name} matches DKIM_KEY`)];
}

const kindOf = (key: KeyObject) => (key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ed25519');

const recordOf = (key: KeyObject) => `v=DKIM1; k=${kindOf(key)}; p=${published(key).toString('base64')}`;

/** An RSA key is published as SubjectPublicKeyInfo, an Ed25519 key as its 32 bytes. */
const published = (key: KeyObject): Buffer =>
  kindOf(key) === 'rsa'
    ? key.export({ format: 'der', type: 'spki' })
    : Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

/** Of an RSA key some publish the bare RSAPublicKey, which receivers take too. */
function isSame(own: KeyObject, p: string, kind: string): boolean {
  if (kind !== kindOf(own)) return false;
  const bytes = Buffer.from(p, 'base64');
  return (
    bytes.equals(published(own)) ||
    (kind === 'rsa' && bytes.equals(own.export({ format: 'der', type: 'pkcs1' })))
  );
}

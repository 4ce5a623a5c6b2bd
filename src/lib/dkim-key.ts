import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Reads a private key that DKIM can sign with: PEM text, on one line with `\n` for the line ends if need be, or the path
 * of a PEM file. The key has signed and verified once, so that one which cannot is found at the start and not by the
 * receivers. A problem never repeats what was given: it might be the key.
 */
export function readSigningKey(given: string): { key: KeyObject } | { problem: string } {
  const { pem, code } = pemOf(given);
  if (pem === undefined) return { problem: `is neither PEM text nor a file that can be read (${code})` };
  const key = privateKey(pem);
  if (key === null) return { problem: whyNone(pem) };
  const kind = key.asymmetricKeyType;
  if (kind !== 'rsa' && kind !== 'ed25519')
    return { problem: `is of the kind ${kind}: must be RSA or Ed25519` };
  if (kind === 'rsa' && bits(key) < 1024)
    return { problem: `is an RSA key of ${bits(key)} bits: must have 2048, or 1024 at the very least` };
  return signs(key) ? { key } : { problem: 'cannot sign: it is damaged' };
}

/** What keys that can sign leave to be desired; RFC 8301 for the sizes, RFC 8463 for the two algorithms side by side. */
export function weaknessesOf(keys: KeyObject[]): string[] {
  const sizes = keys.filter(({ asymmetricKeyType }) => asymmetricKeyType === 'rsa').map(bits);
  return [
    ...sizes.filter((size) => size < 2048).map((size) => `an RSA key of ${size} bits is weak: use 2048`),
    ...sizes
      .filter((size) => size > 4096)
      .map((size) => `an RSA key of ${size} bits is more than every receiver can verify: use 2048`),
    ...(keys.length > 0 && sizes.length === 0
      ? ['many receivers cannot verify Ed25519: add an RSA key with a selector of its own']
      : []),
  ];
}

function pemOf(given: string): { pem?: string; code?: string | undefined } {
  if (given.includes('-----BEGIN ')) return { pem: given.replaceAll('\\n', '\n') };
  try {
    return { pem: readFileSync(given, 'utf8') };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code };
  }
}

function privateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function whyNone(pem: string): string {
  if (/ENCRYPTED/.test(pem)) return 'is encrypted: store it without a passphrase';
  if (/-----BEGIN (?:[A-Z]+ )?PUBLIC KEY-----/.test(pem)) return 'is a public key: the private one signs';
  return 'is no private key in PEM form';
}

const bits = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0;

function signs(key: KeyObject): boolean {
  const [algorithm, data] = [key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from('paperboy')];
  try {
    return verify(algorithm, data, createPublicKey(key), sign(algorithm, data, key));
  } catch {
    return false;
  }
}

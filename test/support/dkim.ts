import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { DkimKey } from '../../src/lib/dkim.ts';

export type Pair = DkimKey & { pem: string; record: string };

/** A key of the selector for paperboy.test, and the record that is published for it. */
export function dkimPair(kind: 'rsa' | 'ed25519', selector: string): Pair {
  const { privateKey, publicKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return {
    domain: 'paperboy.test',
    selector,
    key: privateKey,
    pem: pemOf(privateKey),
    record: `v=DKIM1; k=${kind}; p=${published(publicKey).toString('base64')}`,
  };
}

export const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** RFC 8463, section 4: of an Ed25519 key the 32 bytes themselves, without the frame of ASN.1. */
function published(key: KeyObject): Buffer {
  const der = key.export({ type: 'spki', format: 'der' });
  return key.asymmetricKeyType === 'ed25519' ? der.subarray(-32) : der;
}

/**
 * What mailauth makes of each signature, in the message's order, where the DNS holds the records of these keys:
 * `s2026 pass`, `s2026 fail`, `s2026 neutral` (the body was changed, or no record).
 */
export async function verdicts(raw: Buffer, pairs: Pair[]): Promise<string[]> {
  const records = new Map(
    pairs.map(({ domain, selector, record }) => [`${selector}._domainkey.${domain}`, record]),
  );
  const { results } = await dkimVerify(raw, {
    resolver: async (name) => {
      const record = records.get(name);
      if (record === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return [record.match(/.{1,255}/g) ?? []];
    },
  });
  return results.map(({ selector, status }) => `${selector} ${status.result}`);
}

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { dkimPair, pemOf } from '../support/dkim.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-dkim-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rsa = dkimPair('rsa', 'old');
const ed25519 = dkimPair('ed25519', 'new');
const oneLine = (pem: string) => pem.trim().replaceAll('\n', '\\n');
const MAIL_FROM = 'Paperboy <digest@paperboy.test>';

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** A key that is well formed, but whose numbers do not belong together. */
function damaged(key: KeyObject): string {
  const der = key.export({ type: 'pkcs1', format: 'der' });
  der.writeUInt8(der.readUInt8(200) ^ 0xff, 200);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN RSA PRIVATE KEY-----', ...lines, '-----END RSA PRIVATE KEY-----', ''].join('\n');
}

const dkimOf = (env: Record<string, string>) =>
  loadConfig({ MAIL_FROM, ...env }).dkim.map(({ domain, selector, key }) => ({
    domain,
    selector,
    pem: pemOf(key),
  }));

describe('The DKIM settings', () => {
  test('are optional: without them mail is left for a relay to sign', () => {
    expect(dkimOf({})).toEqual([]);
    expect(dkimOf({ DKIM_KEY: '', DKIM_SELECTOR: ' ' })).toEqual([]);
  });

  test('take a key as text, as text on one line, or as the path of a file', () => {
    const wanted = [{ domain: 'paperboy.test', selector: 's2026', pem: rsa.pem }];
    for (const DKIM_KEY of [rsa.pem, oneLine(rsa.pem), file('rsa.pem', rsa.pem)])
      expect(dkimOf({ DKIM_KEY, DKIM_SELECTOR: 's2026' })).toEqual(wanted);
    const pkcs1 = rsa.key.export({ type: 'pkcs1', format: 'pem' }).toString().replaceAll('\n', '\r\n');
    expect(dkimOf({ DKIM_KEY: file('pkcs1.pem', pkcs1), DKIM_SELECTOR: 's2026' })).toEqual(wanted);
  });

  test('take several keys, each with the selector at its place', () => {
    expect(
      dkimOf({
        DKIM_KEY: `${file('old.pem', rsa.pem)}, ${oneLine(ed25519.pem)}`,
        DKIM_SELECTOR: 'old,new.mail',
        DKIM_DOMAIN: 'Bücher.example',
      }),
    ).toEqual([
      { domain: 'xn--bcher-kva.example', selector: 'old', pem: rsa.pem },
      { domain: 'xn--bcher-kva.example', selector: 'new.mail', pem: ed25519.pem },
    ]);
  });

  test('that go together are refused when one is missing', () => {
    const DKIM_KEY = ed25519.pem;
    expect(problemsOf({ DKIM_KEY })).toEqual(['DKIM_SELECTOR: must be set with DKIM_KEY']);
    expect(problemsOf({ DKIM_SELECTOR: 'a' })).toEqual(['DKIM_KEY: must be set with DKIM_SELECTOR']);
    expect(problemsOf({ DKIM_DOMAIN: 'a.example' })).toEqual(['DKIM_KEY: must be set with DKIM_DOMAIN']);
    expect(problemsOf({ DKIM_KEY, DKIM_SELECTOR: 'a,b' })).toEqual([
      'DKIM_SELECTOR: must name a selector for each key, in the same order (2 for 1)',
    ]);
    expect(problemsOf({ DKIM_KEY: ',', DKIM_SELECTOR: ',' })).toEqual([
      'DKIM_KEY: must be a private key in PEM form or the path of one',
      'DKIM_SELECTOR: must be a comma list of names such as s2026',
    ]);
  });

  test('that are wrong in many ways are refused with every problem at once, beside those of other settings', () => {
    const kinds: [string, KeyObject][] = [
      ['ec', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
      ['pss', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
      ['short', generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey],
    ];
    const encrypted = rsa.key.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'hunter2',
    });
    const keys = [
      join(folder, 'nowhere.pem'),
      folder,
      file('notes.txt', 'buy milk'),
      oneLine('-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n'),
      file('encrypted.pem', encrypted.toString()),
      file('public.pem', createPublicKey(rsa.key).export({ type: 'spki', format: 'pem' }).toString()),
      ...kinds.map(([name, key]) => file(`${name}.pem`, pemOf(key))),
      file('damaged.pem', damaged(rsa.key)),
      oneLine(ed25519.pem),
    ];
    const problems = problemsOf({
      PORT: 'many',
      DKIM_KEY: keys.join(','),
      DKIM_SELECTOR: 'a,b,under_score,A',
      DKIM_DOMAIN: 'not a domain',
    });
    expect(problems).toEqual([
      'DKIM_KEY: key 1 is neither PEM text nor a file that can be read (ENOENT)',
      'DKIM_KEY: key 2 is neither PEM text nor a file that can be read (EISDIR)',
      'DKIM_KEY: key 3 is no private key in PEM form',
      'DKIM_KEY: key 4 is no private key in PEM form',
      'DKIM_KEY: key 5 is encrypted: store it without a passphrase',
      'DKIM_KEY: key 6 is a public key: the private one signs',
      'DKIM_KEY: key 7 is of the kind ec: must be RSA or Ed25519',
      'DKIM_KEY: key 8 is of the kind rsa-pss: must be RSA or Ed25519',
      'DKIM_KEY: key 9 is an RSA key of 768 bits: must have 2048, or 1024 at the very least',
      'DKIM_KEY: key 10 cannot sign: it is damaged',
      'DKIM_SELECTOR: must be a comma list of names such as s2026',
      'DKIM_SELECTOR: must not name one selector twice',
      'DKIM_DOMAIN: must be a domain such as example.com',
      'PORT: must be a whole number from 0 to 65535',
      'DKIM_SELECTOR: must name a selector for each key, in the same order (4 for 11)',
    ]);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('never show a key, not even one that lost its frame and looks like a path', () => {
    const bare = ed25519.pem.split('\n')[1] ?? '';
    const problems = problemsOf({ DKIM_KEY: bare, DKIM_SELECTOR: bare });
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).not.toContain(bare.slice(0, 12));
  });

  test('that work but should be better are warned of', () => {
    const short = pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
    const warnings = (...keys: string[]) =>
      loadConfig({ DKIM_KEY: keys.join(','), DKIM_SELECTOR: keys.map((_, i) => `s${i}`).join(',') }).warnings;
    expect(warnings(rsa.pem, ed25519.pem)).toEqual([]);
    expect(warnings(short)).toEqual(['DKIM_KEY: an RSA key of 1024 bits is weak: use 2048']);
    expect(warnings(ed25519.pem)).toEqual([
      'DKIM_KEY: many receivers cannot verify Ed25519: add an RSA key with a selector of its own',
    ]);
    expect(loadConfig({}).warnings).toEqual([]);
  });
});

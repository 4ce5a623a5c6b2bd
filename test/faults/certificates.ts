import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';

/** A self-signed certificate for a name, made now, that nobody trusts who is not given its file. */
export function makeCertificate(folder: string, subject: string): { file: string; context: SecureContext } {
  const [key, file] = [join(folder, `${subject}.key`), join(folder, `${subject}.crt`)];
  const kind = /^[\d.]+$/.test(subject) ? 'IP' : 'DNS';
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...[
        '-subj',
        `/CN=${subject}`,
        '-addext',
        `subjectAltName=${kind}:${subject}`,
        '-keyout',
        key,
        '-out',
        file,
      ],
    ],
    { stdio: 'ignore' },
  );
  return { file, context: createSecureContext({ key: readFileSync(key), cert: readFileSync(file) }) };
}

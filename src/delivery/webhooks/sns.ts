import { createVerify, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { jsonOf, type Reach } from './provider.ts';

export type Envelope = z.output<typeof envelope>;

const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
});

/** Null when it is no message of Amazon SNS. */
export const envelopeIn = (body: Buffer): Envelope | null => envelope.safeParse(jsonOf(body)).data ?? null;

/** The address when it is one of Amazon SNS itself, else null: `sns.REGION.amazonaws.com`, in China with `.cn`. */
export function snsUrl(text: string | undefined): URL | null {
  const url = URL.parse(text ?? '');
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '')
    return null;
  return /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?$/.test(url.hostname) ? url : null;
}

/**
 * Checks that Amazon SNS signed a message, by the certificate that the message names, which is fetched from Amazon's own
 * host only and then kept.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *
 * @throws when the certificate cannot be fetched now
 */
export function snsVerifier({ fetch }: Reach): (message: Envelope) => Promise<boolean> {
  const keys = new Map<string, KeyObject>();
  return async (message) => {
    const url = snsUrl(message.SigningCertURL);
    if (!url || !/^\/SimpleNotificationService-[\w-]{1,100}\.pem$/.test(url.pathname) || url.search !== '')
      return false;
    const key = keys.get(url.href) ?? (await fetchKey(fetch, url));
    if (!key) return false;
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(url.href, key);
    const algorithm = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
    return createVerify(algorithm)
      .update(signedText(message), 'utf8')
      .verify(key, Buffer.from(message.Signature, 'base64'));
  };
}

/** There is one a region, exchanged once a year. */
const MOST_KEYS = 10;
const PATIENCE_MS = 5000;
const MOST_CHARACTERS = 20_000;

/** Null when Amazon has no such certificate. */
async function fetchKey(fetch: Reach['fetch'], url: URL): Promise<KeyObject | null> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.status >= 500) throw new Error(`Amazon SNS answered ${response.status} for its certificate.`);
  if (!response.ok) return null;
  const pem = await response.text();
  try {
    return pem.length > MOST_CHARACTERS ? null : new X509Certificate(pem).publicKey;
  } catch {
    return null;
  }
}

/** Name and value of each field on lines of their own, in the order of the names. */
function signedText(message: Envelope): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  const fields = new Map<string, unknown>(Object.entries(message));
  return names
    .filter((name) => typeof fields.get(name) === 'string')
    .map((name) => `${name}\n${fields.get(name)}\n`)
    .join('');
}

import {
  createHmac,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  X509Certificate,
} from 'node:crypto';
import type { Call } from '../../src/delivery/webhooks/provider.ts';

/** A provider's call as it would come over the wire. */
export type Sent = { headers: Record<string, string>; body: string; query?: string };

export const callOf = ({ headers, body, query = '' }: Sent): Call => ({
  headers: new Headers(headers),
  query: new URLSearchParams(query),
  body: Buffer.from(body),
});

const seconds = (now: Date) => String(Math.floor(now.getTime() / 1000));

export const POSTMARK_SECRET = 'a secret in the URL of ours';
export const postmarkCall = (event: object, secret = POSTMARK_SECRET): Sent => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(event),
  query: `token=${encodeURIComponent(secret)}`,
});

export const MAILGUN_KEY = '0123456789abcdef0123456789abcdef';
export function mailgunCall(event: object, now: Date, key = MAILGUN_KEY): Sent {
  const [timestamp, token] = [seconds(now), randomUUID().replaceAll('-', '')];
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  const body = { signature: { timestamp, token, signature }, 'event-data': event };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const sendgridKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const SENDGRID_KEY = sendgridKeys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
export function sendgridCall(events: unknown, now: Date, key: KeyObject = sendgridKeys.privateKey): Sent {
  const [timestamp, body] = [seconds(now), JSON.stringify(events)];
  return {
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), key).toString(
        'base64',
      ),
    },
    body,
  };
}

export const RESEND_SECRET = `whsec_${Buffer.from('a key that only Resend and we have').toString('base64')}`;
export function resendCall(event: object, now: Date, secret = RESEND_SECRET): Sent {
  const [id, timestamp, body] = [`msg_${randomUUID()}`, seconds(now), JSON.stringify(event)];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${Buffer.from('another').toString('base64')} v1,${signature}`,
    },
    body,
  };
}

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:paperboy';
export const CERTIFICATE_URL =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';

/** Messages of Amazon SNS, signed by a key of its own, and the network where its certificate and its doors are. */
export function amazon() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSigned(privateKey, publicKey);
  const visits: string[] = [];
  let away = false;
  const fetch: typeof globalThis.fetch = async (input) => {
    const url = String(input);
    visits.push(url);
    if (away) throw new TypeError('fetch failed');
    if (url === CERTIFICATE_URL) return new Response(certificate);
    return new Response('', { status: url.includes('Action=ConfirmSubscription') ? 200 : 404 });
  };
  const message = (fields: Record<string, string>, version: '1' | '2' = '2'): Sent => {
    const message: Record<string, string> = {
      Type: 'Notification',
      MessageId: randomUUID(),
      TopicArn: TOPIC,
      Timestamp: '2026-05-07T08:00:00.000Z',
      SignatureVersion: version,
      SigningCertURL: CERTIFICATE_URL,
      ...fields,
    };
    const names = [
      'Message',
      'MessageId',
      'Subject',
      'SubscribeURL',
      'Timestamp',
      'Token',
      'TopicArn',
      'Type',
    ];
    const text = names
      .filter((name) => message[name] !== undefined)
      .map((name) => `${name}\n${message[name]}\n`);
    const signature = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1').update(text.join(''));
    const signed = { ...message, Signature: signature.sign(privateKey, 'base64') };
    return {
      headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': message.Type ?? '' },
      body: JSON.stringify(signed),
    };
  };
  return {
    fetch,
    visits,
    message,
    goAway: (gone: boolean) => {
      away = gone;
    },
    notification: (event: object, version?: '1' | '2') =>
      message({ Message: JSON.stringify(event) }, version),
    confirmation: (url: string) =>
      message({
        Type: 'SubscriptionConfirmation',
        Message: 'Confirm?',
        Token: 'x'.repeat(40),
        SubscribeURL: url,
      }),
  };
}

/** A certificate in PEM, X.509 v3 (RFC 5280) with the fewest fields that it may have. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
  const algorithm = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const commonName = tagged(0x0c, Buffer.from('sns.amazonaws.com'));
  const name = sequence(
    tagged(0x31, sequence(Buffer.concat([Buffer.from('0603550403', 'hex'), commonName]))),
  );
  const validity = sequence(
    Buffer.concat(['260101000000Z', '360101000000Z'].map((at) => tagged(0x17, Buffer.from(at)))),
  );
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const serial = Buffer.from('020101', 'hex');
  const version = Buffer.from('a003020102', 'hex');
  const content = sequence(Buffer.concat([version, serial, algorithm, name, validity, name, key]));
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', content, privateKey)]));
  return new X509Certificate(sequence(Buffer.concat([content, algorithm, signature]))).toString();
}

const sequence = (content: Buffer) => tagged(0x30, content);

/** Tag, length, value of DER. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = [length >> 8, length & 255];
  return Buffer.concat([Buffer.from(length < 128 ? [tag, length] : [tag, 0x82, ...long]), content]);
}

/** What each provider's documentation shows, in the shapes that it shows, about a reader of ours. */
export const events = {
  postmark: {
    bounce: (address: string, fields: object = {}) => ({
      RecordType: 'Bounce',
      ID: 42,
      Type: 'HardBounce',
      TypeCode: 1,
      MessageID: '00000000-0000-0000-0000-000000000000',
      Details: 'smtp;550 5.1.1 No such user here.',
      Email: address,
      BouncedAt: '2026-05-07T07:00:00.1234567-04:00',
      Inactive: true,
      CanActivate: true,
      ...fields,
    }),
    change: (address: string, reason: string, suppress = true) => ({
      RecordType: 'SubscriptionChange',
      MessageID: '00000000-0000-0000-0000-000000000001',
      ChangedAt: '2026-05-07T07:00:00Z',
      Recipient: address,
      Origin: 'Recipient',
      SuppressSending: suppress,
      SuppressionReason: reason,
    }),
  },
  mailgun: (address: string, fields: object = {}, messageId = 'someone@else.example') => ({
    event: 'failed',
    id: 'event-1',
    severity: 'permanent',
    reason: 'bounce',
    recipient: address,
    timestamp: 1778140800.5,
    message: { headers: { to: address, 'message-id': messageId } },
    'delivery-status': { code: 550, message: '5.1.1 No such user here.', description: '' },
    ...fields,
  }),
  sendgrid: (address: string, fields: object = {}, messageId = '<x@ismtpd.example>') => ({
    email: address,
    timestamp: 1778140800,
    event: 'bounce',
    type: 'bounce',
    status: '5.1.1',
    reason: '550 5.1.1 No such user here.',
    'smtp-id': messageId,
    sg_event_id: 'event-1',
    sg_message_id: 'x.filter.1',
    ...fields,
  }),
  resend: (address: string, type: string, fields: object = {}) => ({
    type,
    created_at: '2026-05-07T08:00:00.000Z',
    data: {
      email_id: '00000000-0000-0000-0000-000000000002',
      from: 'Paperboy <digest@paperboy.test>',
      to: [address],
      subject: 'x',
      ...fields,
    },
  }),
  ses: {
    mail: (address: string, messageId?: string) => ({
      messageId: '0100-x',
      destination: [address],
      ...(messageId ? { headers: [{ name: 'Message-ID', value: messageId }] } : {}),
    }),
    bounce: (address: string, fields: object = {}, messageId?: string) => ({
      notificationType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [
          { emailAddress: address, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 No such user here.' },
        ],
        timestamp: '2026-05-07T08:00:00.000Z',
        feedbackId: 'feedback-1',
        ...fields,
      },
      mail: events.ses.mail(address, messageId),
    }),
    complaint: (address: string, type = 'abuse') => ({
      eventType: 'Complaint',
      complaint: {
        complaintFeedbackType: type,
        complainedRecipients: [{ emailAddress: address }],
        feedbackId: 'feedback-2',
      },
      mail: events.ses.mail(address),
    }),
  },
};

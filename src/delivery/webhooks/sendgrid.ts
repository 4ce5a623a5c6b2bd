import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { deliveryIn } from '../addresses.ts';
import type { Feedback } from '../feedback.ts';
import { bounce, instantOf, isFresh, jsonOf, type Provider, type Reach } from './provider.ts';

/** SendGrid repeats a call for 24 hours. */
const MOST_SECONDS = 25 * 3600;

/**
 * SendGrid signs timestamp and body with ECDSA over P-256; the secret is its public key, base64 of DER.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export const sendgrid = ({ now }: Reach): Provider => ({
  verify: ({ headers, body }, key) => {
    const timestamp = headers.get('x-twilio-email-event-webhook-timestamp') ?? '';
    const signature = Buffer.from(headers.get('x-twilio-email-event-webhook-signature') ?? '', 'base64');
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    return isFresh(timestamp, now(), MOST_SECONDS) && verify('sha256', signed, publicKey, signature);
  },
  read: (body) => {
    const events = z.array(z.unknown()).safeParse(jsonOf(body));
    if (!events.success) return null;
    return events.data.flatMap((one) => {
      const parsed = event.safeParse(one);
      return parsed.success ? feedbackOf(parsed.data, now()) : [];
    });
  },
});

const text = z.string().optional().catch(undefined);
const event = z.object({
  event: z.string(),
  sg_event_id: z.string().min(1),
  email: text,
  timestamp: z.number().optional().catch(undefined),
  'smtp-id': text,
  type: text,
  reason: text,
  status: text,
  bounce_classification: text,
});
type Event = z.output<typeof event>;

function feedbackOf(event: Event, now: Date): Feedback[] {
  const told = toldBy(event);
  if (!told) return [];
  return [
    {
      id: `sendgrid:${event.sg_event_id}`,
      ...told,
      deliveryId: deliveryIn(event['smtp-id']),
      address: event.email ?? null,
      at: instantOf(event.timestamp, now),
    },
  ];
}

function toldBy(event: Event): Pick<Feedback, 'kind' | 'ours' | 'detail'> | null {
  switch (event.event) {
    case 'bounce':
      return bounce(calledBy(event), event.type ?? 'bounce', event.reason, event.status);
    case 'dropped':
      return dropped(event);
    case 'spamreport':
      return { kind: 'complaint', detail: null };
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'unsubscribe', detail: null };
    default:
      // `deferred` among them: SendGrid tries again.
      return null;
  }
}

/** A bounce of the type `blocked` is a refusal that may pass; the classification says whose fault it is. */
function calledBy({ type, bounce_classification: why = '' }: Event): 'hard' | 'soft' | 'ours' {
  if (/^(?:reputation|content|frequency)/i.test(why)) return 'ours';
  if (/^mailbox unavailable/i.test(why)) return 'soft';
  return type === 'blocked' ? 'soft' : 'hard';
}

/** What SendGrid does not even try, by its own lists. */
function dropped({ reason = '' }: Event): Pick<Feedback, 'kind' | 'detail'> | null {
  if (/^(?:bounced address|invalid)$/i.test(reason)) return { kind: 'bounce-hard', detail: 'dropped' };
  if (/^spam reporting address$/i.test(reason)) return { kind: 'complaint', detail: 'dropped' };
  if (/^unsubscribed address$/i.test(reason)) return { kind: 'unsubscribe', detail: 'dropped' };
  return null;
}

import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { same } from '../../lib/same.ts';
import { deliveryIn } from '../addresses.ts';
import type { Feedback } from '../feedback.ts';
import { bounce, instantOf, isFresh, jsonOf, type Provider, type Reach } from './provider.ts';

/** Mailgun repeats a call for eight hours; the rest is for clocks and queues. */
const MOST_SECONDS = 12 * 3600;

/**
 * Mailgun signs a timestamp and a random token, in the body, with HMAC-SHA256 by the account's signing key. It does not
 * sign the event, so that a signature is good for a while only.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export const mailgun = ({ now }: Reach): Provider => ({
  verify: ({ body }, key) => {
    const parsed = signed.safeParse(jsonOf(body));
    if (!parsed.success) return false;
    const { timestamp, token, signature } = parsed.data.signature;
    const expected = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
    return same(signature.toLowerCase(), expected) && isFresh(timestamp, now(), MOST_SECONDS);
  },
  read: (body) => {
    const parsed = call.safeParse(jsonOf(body));
    if (!parsed.success) return null;
    const { signature, 'event-data': event } = parsed.data;
    const told = toldBy(event);
    if (!told) return [];
    return [
      {
        id: `mailgun:${event.id ?? signature.token}`,
        ...told,
        deliveryId: deliveryIn(event.message?.headers?.['message-id']),
        address: event.recipient ?? null,
        at: instantOf(event.timestamp, now()),
      },
    ];
  },
});

const signed = z.object({
  signature: z.object({
    timestamp: z.union([z.string(), z.number()]).transform(String),
    token: z.string().min(1).max(200),
    signature: z.string(),
  }),
});

const text = z.string().optional().catch(undefined);
const call = signed.extend({
  'event-data': z.object({
    event: z.string(),
    id: text,
    severity: text,
    reason: text,
    recipient: text,
    timestamp: z.number().optional().catch(undefined),
    message: z
      .object({ headers: z.object({ 'message-id': text }).optional() })
      .optional()
      .catch(undefined),
    'delivery-status': z
      .object({ code: z.union([z.number(), z.string()]).optional(), message: text, description: text })
      .optional()
      .catch(undefined),
  }),
});
type Event = z.output<typeof call>['event-data'];

function toldBy(event: Event): Pick<Feedback, 'kind' | 'ours' | 'detail'> | null {
  if (event.event === 'complained') return { kind: 'complaint', detail: null };
  if (event.event === 'unsubscribed') return { kind: 'unsubscribe', detail: null };
  // A temporary failure is tried again by Mailgun; what becomes of it is told later.
  if (event.event !== 'failed' || event.severity !== 'permanent') return null;
  const reason = event.reason ?? 'failed';
  if (reason === 'suppress-complaint') return { kind: 'complaint', detail: reason };
  if (reason === 'suppress-unsubscribe') return { kind: 'unsubscribe', detail: reason };
  const { message, description } = event['delivery-status'] ?? {};
  return bounce(CALLED.get(reason) ?? 'soft', reason, message, description);
}

/** Of others Mailgun says that it gave up (`old`), or nothing definite (`generic`). */
const CALLED = new Map<string, 'hard' | 'ours'>([
  ['bounce', 'hard'],
  ['suppress-bounce', 'hard'],
  ['espblock', 'ours'],
]);

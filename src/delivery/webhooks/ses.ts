import { z } from 'zod';
import { same } from '../../lib/same.ts';
import { deliveryIn } from '../addresses.ts';
import type { Feedback } from '../feedback.ts';
import { bounce, instantOf, jsonOf, type Provider, type Reach } from './provider.ts';
import { envelopeIn, snsUrl, snsVerifier } from './sns.ts';

const PATIENCE_MS = 5000;

/**
 * Amazon SES, through an SNS topic. Anybody can have SNS sign messages of a topic of their own, so the secret is the
 * ARN of ours, and no message of another is taken.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
 */
export function ses(reach: Reach): Provider {
  const { fetch, now, log } = reach;
  const isSigned = snsVerifier(reach);
  return {
    verify: async ({ body }, arn) => {
      const message = envelopeIn(body);
      return message !== null && same(message.TopicArn, arn) && (await isSigned(message));
    },
    greet: async (body) => {
      const message = envelopeIn(body);
      if (message?.Type !== 'SubscriptionConfirmation') return;
      const url = snsUrl(message.SubscribeURL);
      if (!url) return;
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) throw new Error(`Amazon SNS answered ${response.status} to our confirmation.`);
      log.info({ provider: 'ses' }, 'webhook subscription confirmed');
    },
    read: (body) => {
      const message = envelopeIn(body);
      if (message === null) return null;
      const parsed = event.safeParse(jsonOf(Buffer.from(message.Message)));
      if (message.Type !== 'Notification' || !parsed.success) return [];
      return feedbackOf(parsed.data, { messageId: message.MessageId, now: now() });
    },
  };
}

const text = z.string().optional().catch(undefined);
const recipients = z
  .array(z.object({ emailAddress: z.string(), status: text, diagnosticCode: text }))
  .transform((all) => all.slice(0, 50))
  .catch([]);

const event = z.object({
  /** notificationType in feedback notifications, eventType in event publishing. */
  notificationType: text,
  eventType: text,
  bounce: z
    .object({
      bounceType: text,
      bounceSubType: text,
      feedbackId: text,
      timestamp: text,
      bouncedRecipients: recipients,
    })
    .optional()
    .catch(undefined),
  complaint: z
    .object({
      complaintFeedbackType: text,
      feedbackId: text,
      timestamp: text,
      complainedRecipients: recipients,
    })
    .optional()
    .catch(undefined),
  mail: z
    .object({
      destination: z.array(z.string()).catch([]),
      headers: z
        .array(z.object({ name: z.string(), value: z.string() }))
        .optional()
        .catch(undefined),
      commonHeaders: z.object({ messageId: text }).optional().catch(undefined),
    })
    .catch({ destination: [], headers: undefined, commonHeaders: undefined }),
});
type Event = z.output<typeof event>;

function feedbackOf(event: Event, { messageId, now }: { messageId: string; now: Date }): Feedback[] {
  const type = event.notificationType ?? event.eventType;
  const told = type === 'Bounce' ? bounced(event) : type === 'Complaint' ? complained(event) : [];
  const deliveryId = event.mail.destination.length > 1 ? null : deliveryIn(messageIdOf(event));
  const { feedbackId = messageId, timestamp } = event.bounce ?? event.complaint ?? {};
  return told.map((one, n) => ({
    id: `ses:${feedbackId}:${n}`,
    ...one,
    deliveryId,
    at: instantOf(timestamp, now),
  }));
}

/** SES gives messages an id of its own on the way; the header that we wrote is among those of the original. */
const messageIdOf = ({ mail: { headers, commonHeaders } }: Event) =>
  headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? commonHeaders?.messageId;

type Told = Pick<Feedback, 'kind' | 'ours' | 'detail' | 'address'>;

function bounced({ bounce: details }: Event): Told[] {
  const { bounceType = '', bounceSubType = '', bouncedRecipients = [] } = details ?? {};
  const kind = bounceType === 'Permanent' ? 'hard' : 'soft';
  const called = OURS.has(bounceSubType) ? 'ours' : kind;
  return bouncedRecipients.map(({ emailAddress, status, diagnosticCode }) => ({
    ...bounce(called, `${bounceType} ${bounceSubType}`.trim(), diagnosticCode, status),
    address: emailAddress,
  }));
}

const OURS = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

/** A reader's "not spam" and a domain's failed authentication come as complaints too. */
function complained({ complaint }: Event): Told[] {
  const { complaintFeedbackType = 'abuse', complainedRecipients = [] } = complaint ?? {};
  if (/^(?:not-spam|auth-failure)$/i.test(complaintFeedbackType)) return [];
  return complainedRecipients.map(({ emailAddress }) => ({
    kind: 'complaint',
    detail: complaintFeedbackType,
    address: emailAddress,
  }));
}

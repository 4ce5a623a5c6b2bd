import { z } from 'zod';
import { same } from '../../lib/same.ts';
import type { Feedback } from '../feedback.ts';
import { bounce, instantOf, jsonOf, type Provider, type Reach } from './provider.ts';

/**
 * Postmark signs nothing: the secret stands in the webhook's URL, as `?token=SECRET` or as the password of
 * `https://paperboy:SECRET@…`. It gives messages an id of its own, so that events name the reader by address only.
 * https://postmarkapp.com/developer/webhooks/bounce-webhook
 */
export const postmark = ({ now }: Reach): Provider => ({
  verify: ({ headers, query }, secret) => {
    const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    const credentials = Buffer.from(basic, 'base64').toString('utf8');
    const password = credentials.slice(credentials.indexOf(':') + 1);
    const verdicts = [password, query.get('token') ?? ''].map((given) => same(given, secret));
    return verdicts.includes(true);
  },
  read: (body) => {
    const parsed = record.safeParse(jsonOf(body));
    if (!parsed.success) return null;
    return feedbackOf(parsed.data, now());
  },
});

const text = z.string().optional().catch(undefined);
const record = z.object({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).optional().catch(undefined),
  MessageID: text,
  Type: text,
  Details: text,
  Email: text,
  BouncedAt: text,
  Recipient: text,
  ChangedAt: text,
  SuppressSending: z.boolean().optional().catch(undefined),
  SuppressionReason: text,
});
type Record = z.output<typeof record>;

function feedbackOf(event: Record, now: Date): Feedback[] {
  const told = event.RecordType === 'SubscriptionChange' ? changed(event) : bounced(event);
  if (!told) return [];
  const { RecordType, ID, MessageID, Email, Recipient, BouncedAt, ChangedAt } = event;
  return [
    {
      id: `postmark:${RecordType}:${ID ?? `${MessageID}:${ChangedAt}`}`,
      ...told,
      address: Email ?? Recipient ?? null,
      at: instantOf(BouncedAt ?? ChangedAt, now),
    },
  ];
}

type Told = Pick<Feedback, 'kind' | 'ours' | 'detail'>;

function bounced({ RecordType, Type = '', Details }: Record): Told | null {
  if (RecordType === 'SpamComplaint' || Type === 'SpamComplaint') return { kind: 'complaint', detail: null };
  if (RecordType !== 'Bounce') return null;
  if (Type === 'Unsubscribe') return { kind: 'unsubscribe', detail: null };
  const called = CALLED.get(Type);
  return called ? bounce(called, Type, Details) : null;
}

/** Those that are not here are no bounces (AutoResponder, Transient: it tries again) or speak of nobody's mailbox. */
const CALLED = new Map<string, 'hard' | 'soft' | 'ours'>([
  ['HardBounce', 'hard'],
  ['BadEmailAddress', 'hard'],
  ['AddressChange', 'soft'],
  ['SoftBounce', 'soft'],
  ['DnsError', 'soft'],
  ['Unknown', 'soft'],
  ['Blocked', 'ours'],
  ['SpamNotification', 'ours'],
  ['VirusNotification', 'ours'],
  ['DMARCPolicy', 'ours'],
]);

/** An address on Postmark's own list gets nothing any more, whatever we send. */
function changed({ SuppressSending, SuppressionReason = '' }: Record): Told | null {
  if (!SuppressSending) return null;
  if (SuppressionReason === 'HardBounce') return { kind: 'bounce-hard', detail: SuppressionReason };
  if (SuppressionReason === 'SpamComplaint') return { kind: 'complaint', detail: null };
  return { kind: 'unsubscribe', detail: null };
}

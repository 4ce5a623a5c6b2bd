import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { same } from '../../lib/same.ts';
import { deliveryIn } from '../addresses.ts';
import type { Feedback } from '../feedback.ts';
import { bounce, instantOf, isFresh, jsonOf, type Provider, type Reach } from './provider.ts';

/** Each repetition is signed anew, so that five minutes are enough, as Svix itself allows. */
const MOST_SECONDS = 300;

/**
 * Resend calls through Svix, which signs id, timestamp and body with HMAC-SHA256; the header may bear several signatures
 * while keys are exchanged. https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
export const resend = ({ now }: Reach): Provider => ({
  verify: ({ headers, body }, secret) => {
    const id = headers.get('svix-id') ?? '';
    const timestamp = headers.get('svix-timestamp') ?? '';
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const verdicts = (headers.get('svix-signature') ?? '')
      .split(' ')
      .slice(0, 10)
      .map((signature) => same(signature, `v1,${expected}`));
    return id !== '' && verdicts.includes(true) && isFresh(timestamp, now(), MOST_SECONDS);
  },
  read: (body) => {
    const parsed = call.safeParse(jsonOf(body));
    if (!parsed.success) return null;
    const { type, created_at, data } = parsed.data;
    const told = toldBy(type, data);
    if (!told) return [];
    return data.to.map((address, n) => ({
      id: `resend:${type}:${data.email_id}:${n}`,
      ...told,
      deliveryId: data.to.length === 1 ? deliveryIn(messageIdOf(data)) : null,
      address,
      at: instantOf(created_at, now()),
    }));
  },
});

const text = z.string().optional().catch(undefined);
const call = z.object({
  type: z.string(),
  created_at: text,
  data: z.object({
    email_id: z.string().optional().catch(undefined),
    message_id: text,
    to: z
      .union([z.array(z.string()), z.string().transform((one) => [one])])
      .catch([])
      .transform((all) => all.slice(0, 50)),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .optional()
      .catch(undefined),
    bounce: z.object({ type: text, subType: text, message: text }).optional().catch(undefined),
  }),
});
type Data = z.output<typeof call>['data'];

/** The header that we wrote, for Resend gives messages an id of its own on the way. */
const messageIdOf = ({ headers, message_id }: Data) =>
  headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? message_id;

function toldBy(
  type: string,
  { email_id, bounce: details }: Data,
): Pick<Feedback, 'kind' | 'ours' | 'detail'> | null {
  if (email_id === undefined) return null;
  if (type === 'email.complained') return { kind: 'complaint', detail: null };
  // On Resend's own list, after a bounce or a complaint there: it will not be written to, whatever we send.
  if (type === 'email.suppressed') return { kind: 'bounce-hard', detail: 'suppressed' };
  // `email.delivery_delayed` is tried again.
  if (type !== 'email.bounced') return null;
  const { type: called = 'Permanent', subType = 'General', message } = details ?? {};
  const kind = called !== 'Permanent' ? 'soft' : 'hard';
  return bounce(OURS.has(subType) ? 'ours' : kind, subType, message);
}

/** As Amazon SES, which Resend sends by, calls what speaks of the message. */
const OURS = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

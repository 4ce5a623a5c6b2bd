import { createHash } from 'node:crypto';
import type { App } from '../../app.ts';
import { dayOf } from '../../lib/day.ts';
import { parseAddress } from '../../subscribers/address.ts';
import { readLink, readMailLink } from '../../subscribers/links.ts';
import { parseSignUp, subscribe } from '../../subscribers/subscribe.ts';
import { addressHash } from '../../subscribers/suppression.ts';
import { sayGoodbye } from '../../subscribers/unsubscribe.ts';
import { MOST_TOPICS } from '../../subscribers/wishes.ts';
import { parseTopic } from '../../topics/topic.ts';
import { deliveryIn } from '../addresses.ts';
import { speaksOfUs } from '../blame.ts';
import { type Feedback, type Taken, takeFeedback } from '../feedback.ts';
import { type Inbound, readInbound } from './inbound.ts';
import { errandOf } from './trace.ts';

/** Of a mail. Bounces return a whole digest at most, which is below 200 KB. */
export const MOST_BYTES = 1024 * 1024;

export type Envelope = { to: string; from: string };

/** What a mail to us led to; `no topics`: a sign-up whose body has no topic that can be looked for. */
export type Received = Taken | 'asked to confirm' | 'no topics' | 'ignored';

/**
 * Takes one mail to `bounce+TOKEN@`, `unsubscribe+TOKEN@` or `subscribe@`: draws the consequence of what came back, or
 * signs its sender up, to be confirmed as from the site. Nothing else is ever answered. The same mail again changes
 * nothing.
 *
 * @param trusted whether the address that a report names counts where no token and no message of ours proves it
 */
export async function receive(
  app: App,
  raw: Buffer,
  envelope: Envelope,
  { trusted }: { trusted: boolean },
): Promise<Received> {
  const inbound = await readInbound(raw, envelope);
  const received = await act(app, inbound, { id: idOf(raw, envelope), trusted });
  app.log.info({ mail: inbound.kind, received }, 'mail received');
  return received;
}

/** Whether mail to this address is ours to take. One who unsubscribes learns at once that a token is wrong. */
export function isOurs({ config, secrets }: App, to: string): boolean {
  const { errand, token } = errandOf(to);
  const domain = to.slice(to.lastIndexOf('@') + 1).toLowerCase();
  if (domain !== config.inbound.domain) return false;
  if (errand === 'unsubscribe') return token !== null && readMailLink(secrets, 'unsubscribe', token) !== null;
  return errand === 'subscribe' ? token === null : errand === 'bounce' && token !== null;
}

type Origin = { id: string; trusted: boolean };

async function act(app: App, inbound: Inbound, origin: Origin): Promise<Received> {
  switch (inbound.kind) {
    case 'bounce':
    case 'complaint':
      return takeReport(app, inbound, origin);
    case 'unsubscribe': {
      const subscriberId = readMailLink(app.secrets, 'unsubscribe', inbound.token);
      if (subscriberId === null) return 'ignored';
      return leave(app, subscriberId, origin);
    }
    case 'subscribe':
      return signUp(app, inbound);
    default:
      return 'ignored';
  }
}

/** A mail that asks to leave is the reader's own word, so it gets a goodbye; a webhook's may be their provider's. */
async function leave(app: App, subscriberId: string, { id }: Origin): Promise<Received> {
  const wish: Feedback = { id, kind: 'unsubscribe', subscriberId, detail: null, at: app.now() };
  const taken = await takeFeedback(app, wish);
  if (taken === 'unsubscribed') await app.db.$transaction((tx) => sayGoodbye(app, tx, subscriberId));
  return taken;
}

type Report = Extract<Inbound, { kind: 'bounce' | 'complaint' }>;

/**
 * A token proves that the report answers a mail of ours, and so does a delivery's id, which nobody guesses. An address
 * proves nothing: anybody can write a report that names it. From strangers it counts as one soft bounce a day.
 */
async function takeReport(app: App, report: Report, { id, trusted }: Origin): Promise<Received> {
  const proved = provedBy(app, report);
  const address = report.recipient;
  const feedback: Feedback = { id, ...judged(report), ...proved, at: app.now() };
  if (proved.deliveryId || proved.subscriberId || trusted) return takeFeedback(app, { ...feedback, address });
  const parsed = parseAddress(address ?? '');
  const [secret] = app.secrets;
  if (!parsed.ok || secret === undefined) return 'nobody';
  return takeFeedback(app, {
    ...feedback,
    id: `mail:${dayOf(app.now())}:${addressHash(secret, parsed.key)}`,
    kind: 'bounce-soft',
    address,
  });
}

function provedBy({ secrets }: App, { token, messageId }: Report) {
  const text = token ?? '';
  return {
    deliveryId: readMailLink(secrets, 'bounce', text) ?? deliveryIn(messageId ?? undefined),
    subscriberId: readMailLink(secrets, 'unsubscribe', text) ?? readLink(secrets, 'unsubscribe', text),
  };
}

function judged(report: Report): Pick<Feedback, 'kind' | 'ours' | 'detail'> {
  if (report.kind === 'complaint') return { kind: 'complaint', detail: null };
  const { severity, status, reason } = report;
  return {
    kind: severity === 'hard' ? 'bounce-hard' : 'bounce-soft',
    ours: severity === 'soft' && (speaksOfUs(reason) || /^[45]\.7\./.test(status ?? '')),
    detail: [status, reason].filter(Boolean).join(' '),
  };
}

/** What cannot be looked for is left out: nobody is there to be told. */
async function signUp(
  app: App,
  { from, topics: lines }: { from: string; topics: string[] },
): Promise<Received> {
  if (isOurs(app, from)) return 'ignored';
  const topics = lines.filter((line) => parseTopic(line).ok).slice(0, MOST_TOPICS);
  if (topics.length === 0) return 'no topics';
  const parsed = parseSignUp({ email: from, topics });
  if (!parsed.ok) return 'ignored';
  const { ok } = await subscribe(app, parsed.signUp);
  return ok ? 'asked to confirm' : 'ignored';
}

/** The same for a mail that comes a second time, another way: without what each server on the way puts in front. */
function idOf(raw: Buffer, { to }: Envelope): string {
  const message = raw.toString('latin1');
  const end = /\r?\n\r?\n/.exec(message)?.index ?? message.length;
  const head = message.slice(0, end).replace(TRACE, '');
  const hash = createHash('sha256').update(`${to.toLowerCase()}\0${head}`).update(message.slice(end));
  return `mail:${hash.digest('hex')}`;
}

const TRACE =
  /^(?:received|return-path|delivered-to|x-original-to|envelope-to|x-received|arc-[\w-]+|authentication-results)[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n|$)/gim;

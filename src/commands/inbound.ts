import { type Envelope, MOST_BYTES, type Received, receive } from '../delivery/inbound/receive.ts';
import type { Run } from './command.ts';

/**
 * Takes one mail from a mail server that keeps our addresses, by a pipe. Where the envelope is not told, the headers
 * that mail servers write on arrival stand in. The mail server vouches for what it lets through: an address that a
 * report names counts.
 */
export const runInbound =
  (given: Partial<Envelope>, input: AsyncIterable<Buffer>): Run =>
  async (app) => {
    const raw = await firstOf(input);
    if (raw.length === 0) return { lines: ['There is no mail on standard input.'], failed: true };
    const envelope = { ...envelopeIn(raw), ...given };
    const received = await receive(app, raw, envelope, { trusted: true });
    return { data: { received }, lines: [SAID[received]] };
  };

const SAID: Record<Received, string> = {
  suppressed: 'The reader is suppressed.',
  unsubscribed: 'The reader is unsubscribed.',
  counted: 'A soft bounce is counted.',
  noted: 'Noted; it speaks of no reader.',
  late: 'It comes late: nothing is left to change.',
  repeat: 'It was taken before.',
  nobody: 'It names no reader.',
  'asked to confirm': 'Unless the sender has a subscription, a confirmation is on its way.',
  'no topics': 'It names no topic; nothing was done.',
  ignored: 'It asks for nothing.',
};

/** All is read, so that whoever writes can end; what stands behind the limit is the message that came back. */
async function firstOf(input: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    if (size < MOST_BYTES) chunks.push(Buffer.from(chunk));
    size += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES);
}

const ARRIVED_AT = ['x-original-to', 'delivered-to', 'envelope-to', 'to'];

function envelopeIn(raw: Buffer): Envelope {
  const [head = ''] = raw
    .subarray(0, 64 * 1024)
    .toString('latin1')
    .split(/\r?\n\r?\n/, 1);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const header = (name: string) =>
    lines.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1);
  const recipients = ARRIVED_AT.flatMap((name) => header(name)?.match(OUR_ADDRESS) ?? []);
  const from = header('return-path') ?? header('from') ?? '';
  return { to: recipients[0] ?? '', from: from.match(ADDRESS)?.[0] ?? '' };
}

const OUR_ADDRESS = /\b(?:bounce\+[\w-]{1,64}|unsubscribe\+[\w-]{1,64}|subscribe)@[\w.-]{1,255}/gi;
const ADDRESS = /[^\s<>"(),;:]{1,64}@[^\s<>"(),;:]{1,255}/;

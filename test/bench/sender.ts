// The yardsticks, each in processes of its own, started by peers.ts:
//   raw       nodemailer's pool sends one message that was made beforehand
//   composed  the compiled template renders each digest, nodemailer makes the message of its html and text
import { createTransport } from 'nodemailer';
import { renderDigest } from '../../src/digests/render.ts';
import { digestOf, linksOf, rawDigest } from './samples.ts';

const CONNECTIONS = 10;
const [kind, url] = process.argv.slice(2);
const transport = createTransport({
  url,
  pool: true,
  maxConnections: CONNECTIONS,
  maxMessages: Number.POSITIVE_INFINITY,
} as Parameters<typeof createTransport>[0]);
const raw = await rawDigest();
const digest = digestOf(13);

async function send(n: number): Promise<void> {
  const envelope = { from: 'bounce@paperboy.example', to: [`reader${n}@example.org`] };
  if (kind === 'raw') {
    await transport.sendMail({ envelope, raw });
    return;
  }
  const { subject, html, text } = await renderDigest(digest, { links: linksOf(n) });
  await transport.sendMail({ envelope, from: envelope.from, to: envelope.to, subject, html, text });
}

process.on('message', async ({ count }: { count: number }) => {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send(left);
    }
  };
  await Promise.all(Array.from({ length: 2 * CONNECTIONS }, lane));
  process.send?.({ done: count });
});
process.on('disconnect', () => process.exit());
process.send?.({ up: true });

// The yardsticks, each in processes of its own, started by peers.ts:
//   raw       nodemailer's pool sends one message that was made beforehand
//   mailer    Paperboy's own mailer sends it
//   composed  the compiled template renders each digest, nodemailer makes the message of its html and text
import { createTransport } from 'nodemailer';
import { renderDigest } from '../../src/digests/render.ts';
import { textOf } from '../../src/lib/pieces.ts';
import { openSmtp } from '../../src/lib/smtp/smtp.ts';
import { digestOf, linksOf, rawDigest } from './samples.ts';

const CONNECTIONS = 10;
const [kind, url = ''] = process.argv.slice(2);
const transport = createTransport({
  url,
  pool: true,
  maxConnections: CONNECTIONS,
  maxMessages: Number.POSITIVE_INFINITY,
} as Parameters<typeof createTransport>[0]);
const mailer = openSmtp({ url, connections: CONNECTIONS, allowPlaintext: false, timeoutSeconds: 60 });
const raw = await rawDigest();
const bytes = Buffer.from(textOf(raw), 'latin1');
const digest = digestOf(13);

async function send(n: number): Promise<void> {
  const from = 'bounce@paperboy.example';
  const to = `reader${n}@example.org`;
  const envelope = { from, to: [to] };
  if (kind === 'mailer') {
    const reply = await mailer.send({ from, to, raw });
    if (!reply.accepted) throw new Error(reply.text);
    return;
  }
  if (kind === 'raw') {
    await transport.sendMail({ envelope, raw: bytes });
    return;
  }
  const { subject, html, text } = await renderDigest(digest, { links: linksOf(n) });
  await transport.sendMail({ envelope, from, to, subject, html, text });
}

process.on('message', async ({ count }: { count: number }) => {
  const before = process.cpuUsage();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send(left);
    }
  };
  await Promise.all(Array.from({ length: kind === 'mailer' ? CONNECTIONS : 2 * CONNECTIONS }, lane));
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1000 / count });
});
process.on('disconnect', () => process.exit());
process.send?.({ up: true });

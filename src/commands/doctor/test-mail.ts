import type { Outside } from '../../app.ts';
import type { Config } from '../../config.ts';
import { digestMessage } from '../../delivery/message.ts';
import { dkimSigner } from '../../lib/dkim.ts';
import { encode } from '../../lib/quoted-printable.ts';
import { openSmtp } from '../../lib/smtp/smtp.ts';
import { parseAddress } from '../../subscribers/address.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Sends one message that travels as a digest does: same headers, same signature, same envelope. Its links are nobody's. */
export async function sendTest(config: Config, { now, uuid }: Outside, to: string): Promise<Finding> {
  const address = parseAddress(to);
  if (!address.ok) return fail('test mail', address.problem, 'paperboy doctor --send-test ADDRESS');
  const id = uuid();
  const { raw, ...envelope } = digestMessage({
    id,
    to: address.email,
    date: now(),
    from: config.mailFrom,
    links: {
      oneClick: `${config.baseUrl}/unsubscribe/doctor`,
      domain: config.inbound.domain,
      tokens: { unsubscribe: 'doctor', bounce: 'doctor' },
    },
    encoded: { subject: 'A test of Paperboy', text: encode(TEXT), html: encode(`<p>${TEXT}</p>`) },
  });
  const smtp = openSmtp({ ...config.smtp, connections: 1 });
  try {
    const reply = await smtp.send({ ...envelope, raw: await dkimSigner(config.dkim)(raw) });
    if (reply.accepted)
      return ok('test mail', 'taken by the mail server; look whether it arrives, and not as spam');
    return fail(
      'test mail',
      `not taken: ${reply.text}`,
      'The answer says why; your mail provider knows more.',
    );
  } finally {
    smtp.close();
  }
}

const TEXT =
  'Paperboy can send. In the headers of this message, Authentication-Results should say spf=pass, dkim=pass and dmarc=pass.';

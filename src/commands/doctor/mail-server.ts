import type { Config } from '../../config.ts';
import { type Greeting, greet } from '../../lib/smtp/greeting.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Whether the mail server would take a message from us. None is sent. */
export async function checkMailServer({ smtp }: Config): Promise<Finding[]> {
  const { host } = new URL(smtp.url);
  const greeting = await greet({ ...smtp, timeoutSeconds: Math.min(smtp.timeoutSeconds, 10) });
  if (!greeting.ok) return [refusal(host, greeting)];
  const { tls, login } = greeting;
  const how = [tls ?? 'not encrypted', login === 'accepted' ? 'login accepted' : 'no login'];
  return [ok('smtp', `${host} answers, ${how.join(', ')}`)];
}

function refusal(host: string, { at, code, text }: Extract<Greeting, { ok: false }>): Finding {
  const found = `${host}, ${at}: ${text}`;
  if (at === 'logging in')
    return fail(
      'smtp',
      found,
      'Look at the user and the password in SMTP_URL (special characters as %XX), and what the provider allows the account.',
    );
  if (code === 'ETLS' || /certificate|TLS|SSL/i.test(text))
    return fail(
      'smtp',
      found,
      'Mail never travels unencrypted: use a server with STARTTLS and a certificate for this name, or smtps://.',
    );
  return fail(
    'smtp',
    found,
    'Look at SMTP_URL; many hosting providers block port 25: use 587, or smtps:// with 465.',
  );
}

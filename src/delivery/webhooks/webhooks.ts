import type { App } from '../../app.ts';
import { type Taken, takeFeedback } from '../feedback.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import type { Call, Provider } from './provider.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';

export type Answer =
  | { status: 'taken'; feedback: Taken[] }
  /** No such provider, or none that a secret is set for. */
  | { status: 'unknown' }
  | { status: 'unverified' }
  | { status: 'unreadable' };

/**
 * Makes the function that takes a provider's call: checks who made it, then draws the consequences of all that it tells.
 * Repeatable.
 *
 * The function throws on an outage of the database, or of what the check needs, so that the provider calls again.
 */
export function webhooks(app: App): (name: string, call: Call) => Promise<Answer> {
  const { config, log } = app;
  const providers = new Map<string, { provider: Provider; secrets: string[] }>();
  for (const [name, make] of Object.entries({ ses, postmark, mailgun, sendgrid, resend })) {
    const secrets = config.webhooks[name as keyof typeof config.webhooks];
    if (secrets) providers.set(name, { provider: make(app), secrets });
  }
  return async (name, call) => {
    const known = providers.get(name);
    if (!known) return { status: 'unknown' };
    const { provider, secrets } = known;
    if (!(await isVerified(provider, call, secrets))) {
      log.warn({ provider: name }, 'a webhook call without a right signature');
      return { status: 'unverified' };
    }
    const told = provider.read(call.body);
    if (told === null) {
      log.warn({ provider: name }, 'a webhook call that cannot be read');
      return { status: 'unreadable' };
    }
    await provider.greet?.(call.body);
    const feedback: Taken[] = [];
    for (const one of told) feedback.push(await takeFeedback(app, one));
    return { status: 'taken', feedback };
  };
}

async function isVerified(provider: Provider, call: Call, secrets: string[]): Promise<boolean> {
  const verdicts = await Promise.all(secrets.map((secret) => provider.verify(call, secret)));
  return verdicts.includes(true);
}

import MailComposer from 'nodemailer/lib/mail-composer';
import type { App } from '../../app.ts';
import { troubles } from './troubles.ts';
import { takeVitals } from './vitals.ts';

/**
 * Looks whether all is well, and tells the operator, by ALERT_EMAIL and ALERT_WEBHOOK, of each thing once when it goes
 * wrong and once when it is well again. What could not be told is tried again at the next look. Repeatable, by any
 * number of processes.
 */
export async function watch(app: App): Promise<void> {
  const { db, now, log } = app;
  const wrong = troubles(await takeVitals(app));
  const known = await db.alert.findMany();
  await db.alert.createMany({
    data: wrong.map(({ name, text }) => ({ name, text, raisedAt: now() })),
    skipDuplicates: true,
  });
  for (const { name, text } of wrong) {
    if (known.some((alert) => alert.name === name && alert.toldAt)) continue;
    // Whoever takes the row tells; who fails gives it back.
    const { count } = await db.alert.updateMany({ where: { name, toldAt: null }, data: { toldAt: now() } });
    if (count === 0) continue;
    log.warn({ alert: name, text }, 'something is wrong');
    if (!(await tell(app, text))) await db.alert.updateMany({ where: { name }, data: { toldAt: null } });
  }
  for (const alert of known) {
    const { name, text, toldAt } = alert;
    if (wrong.some((trouble) => trouble.name === name)) continue;
    const { count } = await db.alert.deleteMany({ where: { name } });
    if (count === 0) continue;
    log.info({ alert: name }, 'is well again');
    if (toldAt && !(await tell(app, `Well again: ${text}`)))
      await db.alert.createMany({ data: [alert], skipDuplicates: true });
  }
}

/** By every way that is set; true when one of them took it, or none is set. */
async function tell(app: App, text: string): Promise<boolean> {
  const { email, webhook } = app.config.alerts;
  const ways = [
    ...(email ? [byMail(app, email, text)] : []),
    ...(webhook ? [byWebhook(app, webhook, text)] : []),
  ];
  const told = await Promise.all(ways);
  return told.length === 0 || told.includes(true);
}

async function byMail(
  { config, smtp, sign, now, uuid, log }: App,
  to: string,
  text: string,
): Promise<boolean> {
  const { name, address } = config.mailFrom;
  const raw = await new MailComposer({
    from: { name, address },
    to,
    subject: `Paperboy: ${text}`,
    date: now(),
    messageId: `<${uuid()}@${address.slice(address.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: `${text}\n\nMore is told by: paperboy status, paperboy doctor${config.admin.token || config.admin.proxyHeader ? `, ${config.baseUrl}/admin` : ''}\n`,
    newline: 'win',
  })
    .compile()
    .build();
  const signed = await sign(raw.toString('latin1'));
  await smtp.slots.take(1);
  const reply = await smtp.send({ from: address, to, raw: signed });
  smtp.slots.give(1);
  if (!reply.accepted) log.warn({ error: reply.error ?? reply.code }, 'an alert could not be mailed');
  return reply.accepted;
}

/** `text` is what Slack, Mattermost and Discord's Slack form show. */
async function byWebhook({ fetch, log }: App, url: string, text: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: `Paperboy: ${text}` }),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return true;
    log.warn({ status: response.status }, 'an alert was not taken by the webhook');
  } catch (error) {
    log.warn({ error: (error as Error).name }, 'an alert did not reach the webhook');
  }
  return false;
}

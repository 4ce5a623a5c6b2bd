import MailComposer from 'nodemailer/lib/mail-composer';
import type { App } from '../../app.ts';
import { inWords } from './in-words.ts';
import { type SourceState, takeVitals, type Vitals, wasTried } from './vitals.ts';

/** One thing that is wrong, by a name that stays the same as long as it is. */
export type Trouble = { name: string; text: string };

/** An edition later than this after its time. */
const LATE_HOURS = 4;
/** The sources are read every two hours; lists come once a day. */
const STALE_HOURS = 26;
const WAITING_MINUTES = 60;
/** Whoever pauses sending for so long has forgotten it. */
const PAUSED_HOURS = 6;
/** Gmail refuses senders above it; https://support.google.com/mail/answer/81126. */
const COMPLAINT_RATE = 0.003;
const BOUNCE_RATE = 0.02;
/** Of fewer mails a rate says nothing. */
const FEWEST_SENT = 200;

/** What is wrong, in sentences. Pure. */
export function troubles({ due, sources, waiting, week, sending }: Vitals): Trouble[] {
  const rate = (count: number) => (week.sent >= FEWEST_SENT ? count / week.sent : 0);
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [
    ...(!due.published && due.hoursLate > LATE_HOURS && sources.some(wasTried)
      ? [
          {
            name: 'no edition',
            text: `The edition of ${due.date} is ${Math.floor(due.hoursLate)} hours late.${due.held ? ` ${due.held}` : ''}`,
          },
        ]
      : []),
    ...sources.filter(isStale).map((source) => ({ name: `stale ${source.name}`, text: staleness(source) })),
    ...(sending.state === 'refused'
      ? [
          {
            name: 'refused',
            text: `The mail server refuses us, so sending pauses: ${inWords(sending.reason)}.`,
          },
        ]
      : []),
    ...(sending.state === 'flows' && waiting.oldestSeconds > WAITING_MINUTES * 60
      ? [
          {
            name: 'waiting',
            text: `${waiting.count} mails wait, the oldest for ${Math.floor(waiting.oldestSeconds / 60)} minutes.`,
          },
        ]
      : []),
    ...(sending.state === 'paused' && waiting.oldestSeconds >= PAUSED_HOURS * 3600
      ? [
          {
            name: 'paused',
            text: `Sending is paused, and ${waiting.count} ${waiting.count === 1 ? 'mail waits' : 'mails wait'}, the oldest for ${Math.floor(waiting.oldestSeconds / 3600)} hours. To let them go: paperboy resume.`,
          },
        ]
      : []),
    ...(rate(week.complained) > COMPLAINT_RATE
      ? [
          {
            name: 'complaints',
            text: `${percent(rate(week.complained))} of the week's mails were complained of; Gmail refuses from 0.3 % on.`,
          },
        ]
      : []),
    ...(rate(week.bounced) > BOUNCE_RATE
      ? [{ name: 'bounces', text: `${percent(rate(week.bounced))} of the week's mails met a dead mailbox.` }]
      : []),
  ];
}

const isStale = (source: SourceState) =>
  wasTried(source) && (source.ageSeconds ?? Number.POSITIVE_INFINITY) > STALE_HOURS * 3600;

function staleness({ name, ageSeconds, error }: SourceState): string {
  const since =
    ageSeconds === null ? 'was never read' : `was last read ${Math.floor(ageSeconds / 3600)} hours ago`;
  return error === null ? `${name} ${since}.` : `${name} ${since}: ${error}`;
}

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
  const signed = await sign(raw);
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

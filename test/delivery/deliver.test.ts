import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { deliver, deliverDue } from '../../src/delivery/deliver.ts';
import { settleLedgers } from '../../src/delivery/settle.ts';
import { compose } from '../../src/digests/compose.ts';
import { openSmtp } from '../../src/lib/smtp/smtp.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { appWithMailbox } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const { app, mailbox } = await appWithMailbox({ env: { SOURCES: 'huggingface', SMTP_CONNECTIONS: '3' } });
await addEdition(app, [
  { id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 },
  { id: '2605.00002', title: 'Speculative decoding without trees', votes: 5 },
  { id: '2605.00003', title: 'Strasse agents', votes: 1 },
]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions, breakers CASCADE`;
  mailbox.mails.length = 0;
  mailbox.refuse.clear();
  app.setNow('2026-05-07T08:00:00Z');
});

/** Active subscribers with one topic, and a delivery composed for each. */
async function composed(...names: string[]): Promise<Record<string, { id: string; delivery: string }>> {
  for (const name of names)
    await addReader(app, { email: `${name}@example.org`, topics: ['speculative decoding'] });
  await compose(app);
  const rows = await app.db.delivery.findMany({ include: { subscriber: true } });
  return Object.fromEntries(
    rows.map(({ id, subscriber }) => [subscriber.email.split('@')[0], { id: subscriber.id, delivery: id }]),
  );
}

const ledger = async () => {
  const rows = await app.db.delivery.findMany({
    include: { subscriber: true },
    orderBy: { subscriber: { email: 'asc' } },
  });
  return rows.map(({ subscriber, status, reason, attempts }) => ({
    to: subscriber.email.split('@')[0],
    status,
    reason,
    attempts,
  }));
};
const recipients = () => mailbox.mails.map(({ to }) => to.split('@')[0]).sort();
const bytesTo = (name: string) =>
  mailbox.mails.filter(({ to }) => to.startsWith(name)).map(({ raw }) => raw.toString());

describe('delivering', () => {
  test('sends each digest once, however often and by however many it is asked', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const ids = Object.values(await composed(...names)).map(({ delivery }) => delivery);
    await Promise.all([deliver(app, ids), deliver(app, ids), deliverDue(app)]);
    await deliverDue(app);
    expect(recipients()).toEqual(names);
    expect((await ledger()).every(({ status, attempts }) => status === 'sent' && attempts === 1)).toBe(true);
  });

  test('what a killed attempt left in sending goes out again as the same message', async () => {
    const { a } = await composed('a');
    if (!a) throw new Error('not composed');
    await deliver(app, [a.delivery]);
    const lost = {
      status: 'sending' as const,
      lease: randomUUID(),
      leasedUntil: new Date('2026-05-07T08:05:00Z'),
      settledAt: null,
    };
    await app.db.delivery.update({ where: { id: a.delivery }, data: lost });
    await deliverDue(app);
    expect(mailbox.mails).toHaveLength(1);
    app.setNow('2026-05-07T08:06:00Z');
    await deliverDue(app);
    const [first, second] = bytesTo('a');
    expect(second).toBe(first);
    expect(await ledger()).toEqual([{ to: 'a', status: 'sent', reason: null, attempts: 2 }]);
  });

  test('an attempt that another has superseded sends nothing more', async () => {
    const { a } = await composed('a');
    if (!a) throw new Error('not composed');
    const other = { lease: randomUUID(), leasedUntil: new Date('2026-05-07T08:05:00Z') };
    await app.db.delivery.update({ where: { id: a.delivery }, data: other });
    expect(await deliver(app, [a.delivery])).toEqual({ sent: 0, deferred: 0, failed: 0, skipped: 0 });
    expect(mailbox.mails).toEqual([]);
  });

  test('a poisonous recipient harms nobody else, and is not written to again', async () => {
    await composed('a', 'nobody', 'z');
    mailbox.refuse.set('nobody@example.org', '550 5.1.1 no such user');
    await deliverDue(app);
    expect(recipients()).toEqual(['a', 'z']);
    expect(await ledger()).toEqual([
      { to: 'a', status: 'sent', reason: null, attempts: 1 },
      { to: 'nobody', status: 'failed', reason: '550 5.1.1', attempts: 1 },
      { to: 'z', status: 'sent', reason: null, attempts: 1 },
    ]);
    expect(await app.db.subscriber.findFirst({ where: { email: 'nobody@example.org' } })).toMatchObject({
      status: 'suppressed',
    });
  });

  test('a topic in letters that fold to more or fewer harms nobody else', async () => {
    await addReader(app, { email: 'b@example.org', topics: ['straße 𝓐gents'] });
    await composed('a');
    await deliverDue(app);
    expect(recipients()).toEqual(['a', 'b']);
    expect(mailbox.mails.find(({ to }) => to === 'b@example.org')?.parsed.text).toContain(
      '“strasse agents” in the title',
    );
  });

  test('a greylisted digest is tried again later, and arrives', async () => {
    await composed('a');
    mailbox.refuse.set('a@example.org', '450 4.2.0 greylisted');
    await deliverDue(app);
    expect(await ledger()).toEqual([{ to: 'a', status: 'queued', reason: '450 4.2.0', attempts: 1 }]);
    mailbox.refuse.clear();
    await deliverDue(app);
    expect(mailbox.mails).toEqual([]);
    app.setNow('2026-05-07T08:01:00Z');
    await deliverDue(app);
    expect(recipients()).toEqual(['a']);
  });

  test('what is deferred until it is stale fails as expired', async () => {
    await composed('a');
    mailbox.refuse.set('a@example.org', '450 4.2.0 greylisted');
    await deliverDue(app);
    app.setNow('2026-05-08T04:00:00Z');
    await settleLedgers(app);
    expect(await ledger()).toEqual([{ to: 'a', status: 'failed', reason: 'expired', attempts: 1 }]);
  });

  test('what is stale is not sent, whoever asks, and expires', async () => {
    const { a } = await composed('a');
    if (!a) throw new Error('not composed');
    app.setNow('2026-05-10T08:00:00Z');
    const nothing = { sent: 0, deferred: 0, failed: 0, skipped: 0 };
    expect(await deliver(app, [a.delivery])).toEqual(nothing);
    expect(await deliverDue(app)).toEqual(nothing);
    expect(mailbox.mails).toEqual([]);
    await settleLedgers(app);
    expect(await ledger()).toEqual([{ to: 'a', status: 'failed', reason: 'expired', attempts: 0 }]);
  });

  test('what has no job any more gets one from settling, and another only when that is lost too', async () => {
    await composed('a');
    mailbox.refuse.set('a@example.org', '450 4.2.0 greylisted');
    await deliverDue(app);
    const jobs = async () => {
      const [row] = await app.db.$queryRaw<
        { n: number }[]
      >`SELECT count(*)::int AS n FROM pgboss.job WHERE name = 'deliver'`;
      return row?.n;
    };
    const loseJobs = () => app.db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'deliver'`;
    await loseJobs();
    app.setNow('2026-05-07T08:01:00Z');
    await settleLedgers(app);
    app.setNow('2026-05-07T11:00:00Z');
    await settleLedgers(app);
    expect(await jobs()).toBe(1);
    await loseJobs();
    await settleLedgers(app);
    expect(await jobs()).toBe(1);
  });

  test('who unsubscribes between composing and sending gets nothing', async () => {
    const { a } = await composed('a', 'b');
    if (!a) throw new Error('not composed');
    await unsubscribe(app, a.id);
    await deliverDue(app);
    expect(recipients()).toEqual(['b']);
    expect((await ledger())[0]).toMatchObject({ to: 'a', status: 'skipped' });
  });

  test('an attempt that is told to stop lets go of what it has not begun', async () => {
    const ids = Object.values(await composed('a', 'b', 'c', 'd')).map(({ delivery }) => delivery);
    const stopped = AbortSignal.abort(new Error('the service is stopping'));
    await expect(deliver(app, ids, stopped)).rejects.toThrow('stopping');
    expect(mailbox.mails).toEqual([]);
    await deliverDue(app);
    expect(recipients()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('policy refusals pause the run, blame nobody, and a probe takes it up again', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `r${n}`);
    await composed(...names);
    for (const name of names) mailbox.refuse.set(`${name}@example.org`, '550 5.7.1 we do not like your mail');
    await deliverDue(app);
    // Five refusals in a row, and those that were in flight with the fifth.
    const tried = (await ledger()).filter(({ attempts }) => attempts === 1);
    expect(tried.length).toBeGreaterThanOrEqual(5);
    expect(tried.length).toBeLessThanOrEqual(7);
    expect(await app.db.subscriber.count({ where: { status: 'active' } })).toBe(9);
    mailbox.refuse.clear();
    await deliverDue(app);
    expect(mailbox.mails).toEqual([]);
    app.setNow('2026-05-07T08:02:00Z');
    await deliverDue(app);
    expect(mailbox.mails).toHaveLength(1);
    app.setNow('2026-05-07T08:03:00Z');
    await deliverDue(app);
    expect(recipients()).toEqual(names);
  });

  test('a server that is away defers, blames nobody, and loses nothing', async () => {
    await composed('a');
    const away = {
      ...app,
      smtp: openSmtp({ url: 'smtp://127.0.0.1:9', connections: 1, allowPlaintext: false, timeoutSeconds: 5 }),
    };
    await deliverDue(away);
    expect(await ledger()).toEqual([
      { to: 'a', status: 'queued', reason: 'no answer (UNREACHABLE)', attempts: 1 },
    ]);
    app.setNow('2026-05-07T08:01:00Z');
    await deliverDue(app);
    expect(recipients()).toEqual(['a']);
  });
});

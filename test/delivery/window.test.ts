import { beforeEach, describe, expect, test } from 'vitest';
import { note } from '../../src/delivery/breaker.ts';
import { type Begun, claim } from '../../src/delivery/ledger.ts';
import { sendInWindow } from '../../src/delivery/window.ts';
import { compose } from '../../src/digests/compose.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { appWithMailbox } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const { app, mailbox } = await appWithMailbox({
  env: { SOURCES: 'huggingface', SMTP_CONNECTIONS: '3', DOMAIN_RATE: '1' },
});
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, breakers, paces CASCADE`;
  mailbox.mails.length = 0;
  app.setNow('2026-05-07T08:00:00Z');
});

/** Deliveries to these addresses, claimed by an attempt that sends each a line. */
async function claimed(...emails: string[]) {
  for (const email of emails) await addReader(app, { email, topics: ['speculative decoding'] });
  await compose(app);
  const rows = await app.db.delivery.findMany({ orderBy: { subscriber: { email: 'asc' } } });
  const lease = app.uuid();
  const ids = rows.map(({ id }) => id);
  await claim(app, 'deliveries', ids, lease);
  const message = async ({ email }: Begun) => ({
    from: 'digest@paperboy.test',
    to: email,
    raw: `To: ${email}\r\n\r\nA line.\r\n`,
  });
  return { rows, ids, attempt: { ledger: 'deliveries' as const, lease, states: ['active'], message } };
}

describe('a window', () => {
  test('has no more slots after the database failed it than before', async () => {
    const { rows, ids, attempt } = await claimed('a@a.example', 'b@b.example', 'c@c.example');
    const left = rows.slice(1).map(({ subscriberId }) => subscriberId);
    await app.db.subscriber.updateMany({ where: { id: { in: left } }, data: { status: 'unsubscribed' } });
    await app.db.$executeRaw`
      ALTER TABLE deliveries ADD CONSTRAINT hiccup CHECK (status <> 'skipped') NOT VALID`;
    try {
      await expect(sendInWindow(app, ids, attempt)).rejects.toThrow('hiccup');
    } finally {
      await app.db.$executeRaw`ALTER TABLE deliveries DROP CONSTRAINT hiccup`;
    }
    const { slots, connections } = app.smtp;
    const free = await slots.take(100);
    slots.give(free);
    expect(free).toBe(connections);
  });

  test('sends nothing to who leaves while the mail waits for its turn', async () => {
    const { rows, ids, attempt } = await claimed('a@slow.example', 'b@slow.example');
    const sent = await sendInWindow(app, ids, {
      ...attempt,
      message: async (row) => {
        for (const { id, subscriberId } of rows) if (id !== row.id) await unsubscribe(app, subscriberId);
        return attempt.message(row);
      },
    });
    expect(sent).toMatchObject({ sent: 1, put: null });
    expect(mailbox.mails).toHaveLength(1);
  });

  test('sends nothing to who leaves after the mail was begun ahead of its turn', async () => {
    const { rows, ids, attempt } = await claimed(
      ...Array.from({ length: 24 }, (_, n) => `r${n + 10}@d${n}.example`),
    );
    const rates = app.config.rates;
    app.config.rates = { all: undefined, domain: undefined };
    let made = 0;
    let left: string | undefined;
    const sent = await sendInWindow(app, ids, {
      ...attempt,
      message: async (row) => {
        made += 1;
        const begun = await app.db.delivery.count({ where: { status: { not: 'queued' } } });
        const last = rows[begun - 1];
        if (!left && last && begun > made + app.smtp.connections) {
          left = last.id;
          await unsubscribe(app, last.subscriberId);
          app.setNow('2026-05-07T08:00:01Z');
        }
        return attempt.message(row);
      },
    }).finally(() => {
      app.config.rates = rates;
    });
    expect(left).toBeDefined();
    expect(sent).toMatchObject({ sent: 23, left: 1 });
    expect(await app.db.delivery.findMany({ where: { status: 'skipped' } })).toMatchObject([{ id: left }]);
  });

  test('counts an attempt for each message that it sends, and none for what it begins ahead and puts back', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `r${n + 10}@d${n}.example`);
    const { ids, attempt } = await claimed(...names);
    const rates = app.config.rates;
    app.config.rates = { all: undefined, domain: undefined };
    for (const name of names.slice(20)) mailbox.refuse.set(name, '550 5.7.1 policy');
    let ahead = 0;
    let [made, ms] = [0, 0];
    const sent = await sendInWindow(app, ids, {
      ...attempt,
      message: async (row) => {
        made += 1;
        ahead = Math.max(ahead, (await app.db.delivery.count({ where: { attempts: { gt: 0 } } })) - made);
        // Now and then it waits for so long that what was begun ahead is begun again.
        if (made % 7 === 0) ms += 150;
        app.setNow(new Date(Date.parse('2026-05-07T08:00:00Z') + ms).toISOString());
        return attempt.message(row);
      },
    }).finally(() => {
      app.config.rates = rates;
      mailbox.refuse.clear();
    });
    expect(ahead).toBeGreaterThan(app.smtp.connections);
    expect(sent.sent).toBe(20);
    const rows = await app.db.delivery.findMany();
    expect(rows.filter(({ attempts }) => attempts === 1)).toHaveLength(sent.sent + sent.deferred);
    const put = rows.filter(({ id }) => sent.put?.ids.includes(id));
    expect(put).toHaveLength(20 - sent.deferred);
    for (const row of put) expect(row).toMatchObject({ status: 'queued', attempts: 0, messageDate: null });
  });

  test('puts back all, when there is no turn even for the probe', async () => {
    const { ids, attempt } = await claimed('a@slow.example', 'b@slow.example', 'c@slow.example');
    await note(app, { taken: 0, refused: 5, reason: '550 5.7.1' });
    app.setNow('2026-05-07T08:01:00Z');
    await app.db.$executeRaw`
      INSERT INTO paces (name, next_at) VALUES ('domain slow.example', clock_timestamp() + interval '1 hour')`;
    const { put } = await sendInWindow(app, ids, attempt);
    expect(put?.ids.toSorted()).toEqual(ids.toSorted());
    expect(await claim(app, 'deliveries', ids, app.uuid())).toEqual([]);
    app.setNow(put?.notBefore.toISOString() ?? '');
    expect(await claim(app, 'deliveries', ids, app.uuid())).toHaveLength(3);
  });
});

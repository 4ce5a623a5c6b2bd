import { beforeEach, describe, expect, test } from 'vitest';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { sendLetters } from '../../src/delivery/letters.ts';
import { compose } from '../../src/digests/compose.ts';
import { appWithMailbox } from '../support/app.ts';
import { dkimPair, verdicts } from '../support/dkim.ts';
import { addEdition } from '../support/papers.ts';
import { addReader, signUp } from '../support/readers.ts';

const rsa = dkimPair('rsa', 'old');
const ed25519 = dkimPair('ed25519', 'new');

const { app, mailbox } = await appWithMailbox({
  env: {
    SOURCES: 'huggingface',
    DKIM_KEY: `${rsa.pem},${ed25519.pem}`,
    DKIM_SELECTOR: 'old,new',
  },
});
await addEdition(app, [
  {
    id: '2605.00001',
    title: 'Speculative decoding with τ-trees',
    abstract: `Où? ${'A long word. '.repeat(200)}`,
  },
  { id: '2605.00002', title: '. . .', abstract: '.\n..\n. at the start\n', votes: 9 },
]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions CASCADE`;
  mailbox.mails.length = 0;
  app.setNow('2026-05-07T08:00:00Z');
});

async function composed(): Promise<void> {
  await addReader(app, { topics: ['speculative decoding'] });
  await compose(app);
}

describe('With DKIM keys', () => {
  test('a digest arrives with signatures that others verify, over the way to leave too', async () => {
    await composed();
    await deliverDue(app);
    const [mail] = mailbox.mails;
    if (!mail) throw new Error('nothing arrived');
    expect(mail.parsed.html).toContain('. at the start');
    expect(await verdicts(mail.raw, [rsa, ed25519])).toEqual(['old pass', 'new pass']);
    const forged = mail.raw.toString('latin1').replace('List-Unsubscribe=One-Click', 'List-Unsubscribe=No');
    expect(await verdicts(Buffer.from(forged, 'latin1'), [rsa, ed25519])).toEqual(['old fail', 'new fail']);
  });

  test('a letter arrives with the same signatures', async () => {
    await signUp(app);
    await sendLetters(app);
    const [mail] = mailbox.mails;
    if (!mail) throw new Error('nothing arrived');
    expect(mail.parsed.headers.has('list-unsubscribe')).toBe(false);
    expect(await verdicts(mail.raw, [rsa, ed25519])).toEqual(['old pass', 'new pass']);
  });

  test('a digest sent again is the same to the byte, signatures included', async () => {
    await composed();
    await deliverDue(app);
    await app.db.delivery.updateMany({
      data: { status: 'sending', leasedUntil: app.now(), lease: app.uuid(), settledAt: null },
    });
    app.setNow('2026-05-07T09:00:00Z');
    await deliverDue(app);
    const [first, second] = mailbox.mails.map(({ raw }) => raw.toString('latin1'));
    expect(first).toMatch(/^DKIM-Signature: /);
    expect(second).toBe(first);
  });

  test('nothing leaves unsigned: what cannot be signed now waits, and blames nobody', async () => {
    await composed();
    const failing = { ...app, sign: () => Promise.reject(new Error('out of memory')) };
    await deliverDue(failing);
    expect(mailbox.mails).toEqual([]);
    const [row] = await app.db.delivery.findMany();
    expect(row).toMatchObject({ status: 'queued', reason: 'the message could not be signed' });
    app.setNow('2026-05-07T09:00:00Z');
    await deliverDue(app);
    expect(await verdicts(mailbox.mails[0]?.raw ?? Buffer.alloc(0), [rsa])).toContain('old pass');
  });
});

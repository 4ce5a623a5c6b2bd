import { beforeEach, describe, expect, test } from 'vitest';
import { begin, claim, settle } from '../../src/delivery/ledger.ts';
import type { Outcome } from '../../src/delivery/reply.ts';
import { compose } from '../../src/digests/compose.ts';
import { testApp } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
await addEdition(app, [{ id: '2605.00001', title: 'Speculative decoding with trees', votes: 10 }]);
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE subscribers, suppressions CASCADE`;
  app.setNow('2026-05-07T09:00:00Z');
});

const SENT: Outcome = { status: 'sent' };
const NOBODY: Outcome = { status: 'failed', reason: '550 5.1.1', suppress: true };

/** Deliveries that an attempt has begun, as many as there are names. */
async function begun(...names: string[]): Promise<{ ids: string[]; lease: string }> {
  for (const name of names)
    await addReader(app, { email: `${name}@example.org`, topics: ['speculative decoding'] });
  await compose(app);
  const ids = (await app.db.delivery.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
  const lease = app.uuid();
  await claim(app, 'deliveries', ids, lease);
  await begin(app, { ledger: 'deliveries', lease, states: ['active'] }, ids);
  return { ids, lease };
}

describe('the ledger', () => {
  test('leaves a row to its attempt for as long as a slow message and a database that is away may take', async () => {
    const { ids, lease } = await begun('a');
    // The longest message, and all attempts to write its outcome down, each waiting for a connection.
    app.setNow('2026-05-07T09:08:00Z');
    expect(await claim(app, 'deliveries', ids, app.uuid())).toEqual([]);
    const outcomes = ids.map((id) => ({ id, outcome: SENT }));
    expect(await settle(app, 'deliveries', lease, outcomes)).toMatchObject({ sent: 1 });
  });

  test('counts the outcomes it has written, and not those of rows that are of another attempt', async () => {
    const { ids, lease } = await begun('a', 'b', 'c');
    const [first] = ids;
    await app.db.delivery.update({ where: { id: first ?? '' }, data: { lease: app.uuid() } });
    const outcomes = ids.map((id) => ({ id, outcome: SENT }));
    expect(await settle(app, 'deliveries', lease, outcomes)).toEqual({ sent: 2, deferred: 0, failed: 0 });
  });

  test('fails no delivery to a mailbox that does not exist without suppressing it', async () => {
    const { ids, lease } = await begun('nobody');
    const outcomes = ids.map((id) => ({ id, outcome: NOBODY }));
    const states = async () => {
      const { status, subscriber } = await app.db.delivery.findFirstOrThrow({
        include: { subscriber: true },
      });
      return [status, subscriber.status];
    };
    await app.db.$executeRaw`ALTER TABLE suppressions ADD CONSTRAINT hiccup CHECK (false)`;
    await expect(settle(app, 'deliveries', lease, outcomes)).rejects.toThrow('hiccup');
    expect(await states()).toEqual(['sending', 'active']);
    await app.db.$executeRaw`ALTER TABLE suppressions DROP CONSTRAINT hiccup`;
    expect(await settle(app, 'deliveries', lease, outcomes)).toEqual({ sent: 0, deferred: 0, failed: 1 });
    expect(await states()).toEqual(['failed', 'suppressed']);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { compose } from '../../src/digests/compose.ts';

/** Has workers send the edition to all who are due. @returns digests sent a second; who has no paper on their topics gets none */
export async function serve(app: App): Promise<number> {
  await forget(app);
  const began = performance.now();
  await compose(app);
  await settled(app);
  const seconds = (performance.now() - began) / 1000;
  return (await app.db.delivery.count({ where: { status: 'sent' } })) / seconds;
}

/** As if nothing of the edition had been composed. */
export async function forget({ db }: App): Promise<void> {
  await db.$executeRaw`TRUNCATE deliveries`;
  await db.edition.updateMany({ data: { composedUntil: null } });
  await db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'deliver'`;
}

/** Waits for the last line of the ledger. */
export async function settled({ db }: App): Promise<void> {
  while (
    await db.delivery.findFirst({ where: { status: { in: ['queued', 'sending'] } }, select: { id: true } })
  )
    await wait(50);
}

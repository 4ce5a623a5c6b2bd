import type { Taken } from './peer.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/** One message that the peer took more than once: from whom first, from whom again. */
export type Repeat = { first: Taken; again: Taken };

/** Every message taken a second time or more, each with the copy before it. */
export function repeatsOf(taken: readonly Taken[]): Repeat[] {
  const byRecipient = Map.groupBy(taken, ({ to }) => to);
  return [...byRecipient.values()].flatMap((copies) =>
    copies.slice(1).map((again, n) => ({ first: copies[n] as Taken, again })),
  );
}

/** What holds whatever went wrong on the way: everybody has the digest, copies are the same message, the books close. */
export async function auditEverybodyServed(
  report: Report,
  world: World,
  taken: readonly Taken[],
  readers: number,
): Promise<Repeat[]> {
  const served = new Set(taken.map(({ to }) => to));
  const repeats = repeatsOf(taken);
  const differing = repeats.filter(
    ({ first, again }) => first.sha256 !== again.sha256 || first.messageId !== again.messageId,
  );
  const ids = new Set(taken.map(({ messageId }) => messageId));
  const accounts = await world.accounts();
  const unexplained = await sentButNotTaken(world, ids);
  report.promise(`every one of ${readers} readers has the digest`, served.size === readers, {
    missing: readers - served.size,
    ledger: accounts.rows,
  });
  report.promise('a repeat is the same message, byte for byte', differing.length === 0, differing[0]);
  report.promise('one message per reader, by its Message-ID', ids.size === served.size, {
    ids: ids.size,
    readers: served.size,
  });
  report.promise(
    'the books close: all were due, all are sent, none is queued',
    accounts.eligible === readers && accounts.count('sent') === readers && accounts.open === 0,
    accounts.rows,
  );
  report.promise('nothing is called sent that the server did not take', unexplained.length === 0, {
    count: unexplained.length,
  });
  report.promise('nobody is blamed', (await blamed(world)) === 0);
  return repeats;
}

export async function blamed({ app: { db } }: World): Promise<number> {
  const suppressed = await db.subscriber.count({ where: { status: { not: 'active' } } });
  return suppressed + (await db.suppression.count());
}

async function sentButNotTaken({ app: { db } }: World, messageIds: ReadonlySet<string>): Promise<string[]> {
  const sent = await db.delivery.findMany({ where: { status: 'sent' }, select: { id: true } });
  return sent.map(({ id }) => id).filter((id) => !messageIds.has(`<${id}@paperboy.test>`));
}

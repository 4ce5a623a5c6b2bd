import { settleLedgers } from '../../../src/delivery/settle.ts';
import type { Case } from '../case.ts';
import { type Act, openPeer, type Visit } from '../peer.ts';
import { openWorld, until } from '../world.ts';

const READERS = 1_000;
const POISON = 'reader500@example0.org';

const poisons: {
  name: string;
  act: (visit: Visit) => Act | undefined;
  becomes: string;
  suppressed: number;
}[] = [
  {
    name: 'a mailbox that does not exist',
    act: ({ stage }) => (stage === 'rcpt' ? { reply: '550 5.1.1 no such user' } : undefined),
    becomes: 'failed',
    suppressed: 1,
  },
  {
    name: 'a recipient refused for now, each time',
    act: ({ stage }) => (stage === 'rcpt' ? { reply: '451 4.3.0 try again' } : undefined),
    becomes: 'queued',
    suppressed: 0,
  },
  {
    name: 'a recipient at whom the connection breaks, each time',
    act: ({ stage }) => (stage === 'rcpt' ? 'drop' : undefined),
    becomes: 'queued',
    suppressed: 0,
  },
  {
    name: 'a message at which the connection breaks before its reply, each time',
    act: ({ stage }) => (stage === 'dot' ? 'drop' : undefined),
    becomes: 'queued',
    suppressed: 0,
  },
];

/** One recipient among a thousand who harms whatever process writes to him. */
export const poison: Case = async ({ server, report }) => {
  for (const { name, act, becomes, suppressed } of poisons) {
    await using peer = await openPeer({ script: (visit) => (visit.to === POISON ? act(visit) : undefined) });
    await using world = await openWorld({
      server,
      readers: READERS,
      speed: 60,
      smtp: `smtp://127.0.0.1:${peer.port}`,
    });
    const service = world.start({ name: 'worker', entry: 'worker' });
    const others = await until(world, 60, async () => (await world.accounts()).count('sent') === READERS - 1);
    // Time for him to be tried again.
    const again = async () => (await world.delivery(POISON)).attempts >= (becomes === 'failed' ? 1 : 3);
    const tried = await until(world, 60, again);
    // Asked after the end: before it, his next attempt may be under way.
    service.signal('SIGTERM');
    await service.ended;
    const { status, reason, attempts } = await world.delivery(POISON);
    const late = { ...world.app, now: () => new Date(world.app.now().getTime() + 21 * 3_600_000) };
    await settleLedgers(late);
    const { rows } = await world.accounts();
    const end = await world.delivery(POISON);

    report.figures({ poison: name, sent: peer.taken.length, attempts, reason: reason ?? 'none' });
    report.promise(
      `the other ${READERS - 1} have their digest, once`,
      others && peer.taken.length === READERS - 1,
      rows,
    );
    report.promise(`his own is ${becomes}`, tried && status === becomes, { status, reason, attempts });
    report.promise(
      'and failed in the end, with a reason',
      end.status === 'failed' && end.reason !== null,
      end,
    );
    const blamed = await world.app.db.subscriber.count({ where: { status: 'suppressed' } });
    report.promise(suppressed ? 'he alone is suppressed' : 'nobody is suppressed', blamed === suppressed, {
      blamed,
    });
  }
};

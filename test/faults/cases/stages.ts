import { loadConfig } from '../../../src/config.ts';
import { openSmtp } from '../../../src/lib/smtp/smtp.ts';
import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { type Act, openPeer, type Peer, type Stage } from '../peer.ts';
import type { Report } from '../report.ts';
import { openWorld, until } from '../world.ts';

const READERS = 300;
/** Else the service, rightly, takes the server for one that refuses everything, and hardly tries. */
const EVERY = 3;

/** What the peer does at every third visit of each stage, until all was done; the other visits go well. */
const troubles: Partial<Record<Stage, Act[]>> = {
  connect: ['drop', 'stall', { reply: '421 4.3.2 not now' }, { reply: '554 5.3.2 no service here' }],
  ehlo: ['drop', 'stall', { reply: '421 4.3.2 not now' }],
  mail: [
    'drop',
    'stall',
    { reply: '421 4.7.0 slow down' },
    { reply: '451 4.3.0 later' },
    { reply: '550 5.7.1 go away' },
  ],
  rcpt: [
    'drop',
    'stall',
    { reply: '421 4.7.0 slow down' },
    { reply: '450 4.2.0 greylisted' },
    { reply: '451 4.7.1 greylisted' },
    { reply: '452 4.2.2 mailbox full for now' },
    { reply: '550 5.7.1 go away' },
  ],
  data: ['drop', 'stall', { reply: '421 4.3.0 closing' }, { reply: '451 4.3.0 later' }],
  body: ['drop', 'stall'],
  dot: [
    'drop',
    'stall',
    { reply: '421 4.3.0 closing' },
    { reply: '452 4.3.1 disk full' },
    { reply: '554 5.7.1 looks like spam' },
  ],
  taken: ['drop', 'stall', { reply: '451 4.3.0 taken, and yet not' }],
  replied: ['drop', 'drop'],
};

/** A conversation that fails at every stage in every way: the attempt ends, and the digest arrives in the end. */
export const stages: Case = async ({ server, report }) => {
  await everySendSettles(report);

  await using peer = await openPeer();
  peer.script = onceEach(peer);
  await using world = await openWorld({
    server,
    readers: READERS,
    speed: 60,
    smtp: `smtp://127.0.0.1:${peer.port}`,
    settings: { SMTP_TIMEOUT: '1', SMTP_CONNECTIONS: '4' },
  });
  const service = world.start({ name: 'worker', entry: 'worker' });
  await until(world, 120, world.done);
  service.signal('SIGTERM');
  await service.ended;

  const met = Object.entries(troubles).map(([stage, acts]) => ({
    acts: acts.length,
    visits: peer.visits.get(stage as Stage) ?? 0,
  }));
  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  report.figures({
    troubles: met.reduce((sum, { acts }) => sum + acts, 0),
    connections: peer.visits.get('connect') ?? 0,
    messages: peer.taken.length,
    repeats: repeats.length,
  });
  report.promise(
    'every trouble was met',
    met.every(({ acts, visits }) => visits >= EVERY * (acts - 1) + 1),
    met,
  );
  report.promise(
    'just the messages that were taken without a word are sent again',
    repeats.length === (troubles.taken?.length ?? 0),
    repeats.map(({ first }) => first.connection),
  );
};

function onceEach({ visits }: Peer): Peer['script'] {
  return ({ stage }) => {
    const visit = (visits.get(stage) ?? 0) - 1;
    return visit % EVERY === 0 ? troubles[stage]?.[visit / EVERY] : undefined;
  };
}

/** One message straight to the pool for every stage, dropped and stalled. */
async function everySendSettles(report: Report): Promise<void> {
  const stages: Stage[] = ['connect', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'dot', 'taken'];
  const tries = stages.flatMap((stage) =>
    [true, false].flatMap((pipelining) => [
      { stage, pipelining, act: 'drop' as const },
      { stage, pipelining, act: 'stall' as const },
    ]),
  );
  const settled = await Promise.all(
    tries.map(async ({ stage, pipelining, act }) => {
      await using peer = await openPeer({
        script: (visit) => (visit.stage === stage ? act : undefined),
        offers: { starttls: undefined, auth: false, pipelining },
      });
      const smtp = openSmtp(
        loadConfig({ SMTP_URL: `smtp://127.0.0.1:${peer.port}`, SMTP_TIMEOUT: '1' }).smtp,
      );
      const began = performance.now();
      const reply = await smtp.send({
        from: 'bounce@paperboy.test',
        to: 'ada@example.org',
        raw: `Subject: a\r\n\r\n${'a line\r\n'.repeat(5000)}`,
      });
      const took = performance.now() - began;
      smtp.close();
      return {
        stage,
        pipelining,
        act,
        accepted: reply.accepted,
        error: 'error' in reply ? reply.error : undefined,
        took,
      };
    }),
  );
  report.figures({
    'sends that met a drop or a stall': settled.length,
    'slowest ms': Math.round(Math.max(...settled.map(({ took }) => took))),
  });
  report.promise(
    'every send settles soon after its time-out of a second, and none is called accepted',
    settled.every(({ accepted, took }) => !accepted && took < 5000),
    settled,
  );
}

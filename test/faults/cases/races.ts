import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { openWorld, until } from '../world.ts';

const READERS = 1_500;

/**
 * Two and four processes of the real service at once, on the real clock, and every job queued twice, so that they do
 * meet over the same rows.
 */
export const races: Case = async ({ server, report }) => {
  for (const workers of [2, 4]) {
    await using peer = await openPeer({ latency: () => 20 });
    const smtp = `smtp://127.0.0.1:${peer.port}`;
    // Nobody is due before all are up.
    await using world = await openWorld({ server, readers: 0, smtp });
    const services = Array.from({ length: workers }, (_, n) =>
      world.start({ name: `worker-${n + 1}`, env: { SMTP_URL: `${smtp}?name=worker-${n + 1}` } }),
    );
    await Promise.all(services.map(({ up }) => up));
    const began = Date.now();
    await world.addReaders(READERS);
    await world.tick();
    await until(world, 30, async () => (await world.accounts()).eligible === READERS);
    const ids = await world.deliveries();
    const batches = Array.from({ length: READERS / 50 }, (_, n) => ({ ids: ids.slice(n * 50, n * 50 + 50) }));
    await world.app.queue.sendAll('deliver', batches);
    await until(world, 120, world.done);
    const seconds = (Date.now() - began) / 1000;
    for (const service of services) service.signal('SIGTERM');
    await Promise.all(services.map(({ ended }) => ended));

    const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
    const shares = services.map(
      ({ name }) => peer.taken.filter(({ client }) => client === name).length / READERS,
    );
    report.figures({
      workers,
      messages: peer.taken.length,
      repeats: repeats.length,
      shares: shares.map((share) => `${Math.round(share * 100)}%`).join(' '),
      seconds: seconds.toFixed(1),
    });
    report.promise('no message is repeated without a kill', repeats.length === 0, repeats[0]);
    report.promise(
      'each worker makes progress',
      shares.every((share) => share > 0),
      shares,
    );
  }
};

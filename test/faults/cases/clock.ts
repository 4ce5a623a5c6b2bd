import pg from 'pg';
import { deliverDue } from '../../../src/delivery/deliver.ts';
import { settleLedgers } from '../../../src/delivery/settle.ts';
import { compose } from '../../../src/digests/compose.ts';
import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { openWorld, until, type World } from '../world.ts';

const READERS = 2_000;
const PROCESSES = 3;
const GATE = 77;

/** A clock that ticks too often, and one that goes back. */
export const clock: Case = async (faults) => {
  await ticksAtOnce(faults);
  await goesBack(faults);
};

/** Three processes compose twice each at the same instant. */
async function ticksAtOnce({ server, report }: Parameters<Case>[0]): Promise<void> {
  await using peer = await openPeer();
  await using world = await openWorld({ server, readers: READERS, smtp: `smtp://127.0.0.1:${peer.port}` });
  const gate = new pg.Client(world.settings.DATABASE_URL);
  await gate.connect();
  await gate.query('SELECT pg_advisory_lock($1)', [GATE]);
  const composers = Array.from({ length: PROCESSES }, (_, n) =>
    world.start({ name: `composer-${n + 1}`, entry: 'composer', env: { FAULTS_GATE: String(GATE) } }),
  );
  const waiting = await until(null, 60, async () => {
    const { rows } = await gate.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
    return rows.length === PROCESSES;
  });
  await gate.query('SELECT pg_advisory_unlock($1)', [GATE]);
  await Promise.all(composers.map(({ ended }) => ended));
  const queued = await idsQueued(gate);
  await gate.end();

  const service = world.start({ name: 'worker' });
  await until(world, 60, world.done);
  service.signal('SIGTERM');
  await service.ended;
  report.figures({ 'composes at once': 2 * PROCESSES, queued: queued.length, messages: peer.taken.length });
  report.promise(
    'each digest is queued once',
    waiting && queued.length === READERS && new Set(queued).size === READERS,
    { waiting, queued: queued.length },
  );
  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  report.promise('ticks at once bring one digest each', repeats.length === 0, repeats[0]);
}

/** Composed, then the clock steps back two hours, before the readers' hour, and passes it again. */
async function goesBack({ server, report }: Parameters<Case>[0]): Promise<void> {
  const readers = 200;
  await using peer = await openPeer();
  await using world = await openWorld({ server, readers, smtp: `smtp://127.0.0.1:${peer.port}` });
  const at = (minutes: number) => later(world, minutes);
  const composed = [await compose(at(0)), await compose(at(-120)), await compose(at(1))];
  await deliverDue(at(2));
  // A second step back, with digests that were sent in the future.
  composed.push(await compose(at(-118)));
  await settleLedgers(at(-118));
  await deliverDue(at(-118));
  composed.push(await compose(at(3)));
  await deliverDue(at(30));
  report.figures({ composed: composed.map((one) => one.composed).join(' '), messages: peer.taken.length });
  const repeats = await auditEverybodyServed(report, world, peer.taken, readers);
  report.promise('a clock that goes back brings no second digest', repeats.length === 0, repeats[0]);
}

const later = ({ app }: World, minutes: number): World['app'] => ({
  ...app,
  now: () => new Date(app.now().getTime() + minutes * 60_000),
});

async function idsQueued(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT jsonb_array_elements_text(data->'ids') AS id FROM pgboss.job WHERE name = 'deliver'`,
  );
  return rows.map(({ id }) => id);
}

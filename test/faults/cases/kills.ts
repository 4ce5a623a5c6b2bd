import { setTimeout as wait } from 'node:timers/promises';
import { auditEverybodyServed } from '../audit.ts';
import type { Case } from '../case.ts';
import { openPeer } from '../peer.ts';
import { seeded } from '../random.ts';
import type { Service } from '../service.ts';
import { openWorld, until } from '../world.ts';

const READERS = 10_000;
const RANDOM_KILLS = 50;
const STEPS = ['claimed', 'chosen', 'begun', 'answered', 'settled'];
const POOL = 10;

/**
 * Two processes at a time send 10,000 digests and are killed with SIGKILL: one of them at each named step, twice; any
 * of them at random instants. Whoever was killed is replaced at once.
 */
export const kills: Case = async ({ server, seed, report }) => {
  const random = seeded(seed);
  // Now and then a message takes long, so that those of one window do not all end together.
  await using peer = await openPeer({ latency: () => (random() < 0.05 ? 150 : 15) });
  const smtp = `smtp://127.0.0.1:${peer.port}`;
  await using world = await openWorld({
    server,
    readers: READERS,
    speed: 20,
    smtp,
    settings: { SMTP_CONNECTIONS: String(POOL) },
  });
  const began = Date.now();
  const lives: Service[] = [];
  const killed = new Set<string>();
  const atSteps: string[] = [];
  const steps = [...STEPS, ...STEPS];

  const live = (step?: string): Service => {
    const name = `life-${lives.length + 1}`;
    const dieAt = step && `${step}:${1 + Math.floor(random() * 6)}`;
    const life = world.start({
      name,
      entry: 'worker',
      env: { SMTP_URL: `${smtp}?name=${name}`, ...(dieAt ? { FAULTS_DIE_AT: dieAt } : {}) },
    });
    lives.push(life);
    return life;
  };
  const slots: { service: Service; step: string | undefined }[] = [];
  const refill = (slot: number) => {
    const step = slot === 0 ? steps.shift() : undefined;
    slots[slot] = { service: live(step), step };
  };
  /** Whoever died at a step makes room for the next. */
  const replaceTheDead = () => {
    for (const [n, { service, step }] of slots.entries()) {
      if (service.end() === undefined) continue;
      if (service.end()?.signal === 'SIGKILL' && step) {
        killed.add(service.name);
        atSteps.push(step);
      }
      refill(n);
    }
  };
  const kill = async () => {
    const victims = slots.flatMap(({ step }, n) => (step ? [] : [n]));
    const n = victims[Math.floor(random() * victims.length)] ?? 1;
    const victim = slots[n]?.service;
    if (!victim) return;
    victim.signal('SIGKILL');
    await victim.ended;
    killed.add(victim.name);
    refill(n);
  };

  refill(0);
  refill(1);
  // Random over the work rather than over the seconds, so that a slow machine sees as many kills in the middle of it.
  const instants = Array.from({ length: RANDOM_KILLS }, () => Math.floor(random() * READERS * 0.97)).sort(
    (a, b) => a - b,
  );
  for (const instant of instants) {
    const reached = await until(world, 90, () => {
      replaceTheDead();
      return peer.taken.length >= instant;
    });
    if (!reached) {
      report.promise('sending goes on after a kill', false, {
        after: killed.size,
        ledger: (await world.accounts()).rows,
      });
      break;
    }
    await wait(random() * 300);
    await kill();
  }
  const quiet = await until(world, 120, async () => {
    replaceTheDead();
    return steps.length === 0 && (await world.done());
  });
  for (const { service } of slots) service.signal('SIGTERM');
  const ends = await Promise.all(slots.map(({ service }) => service.ended));

  const repeats = await auditEverybodyServed(report, world, peer.taken, READERS);
  const perLife = Map.groupBy(repeats, ({ first }) => first.client);
  const most = Math.max(0, ...[...perLife.values()].map((of) => of.length));
  const alive = [...perLife.keys()].filter((name) => !killed.has(name));
  report.figures({
    seed,
    kills: killed.size,
    'at named steps': atSteps.length,
    messages: peer.taken.length,
    repeats: repeats.length,
    'most repeats of one kill': most,
    seconds: Math.round((Date.now() - began) / 1000),
  });
  report.promise(
    `at least ${RANDOM_KILLS} kills, and each named step at least twice`,
    quiet &&
      killed.size >= RANDOM_KILLS &&
      STEPS.every((step) => atSteps.filter((at) => at === step).length >= 2),
    atSteps,
  );
  report.promise(
    `a kill repeats no more than the ${POOL} messages of a pool`,
    most <= POOL,
    Object.fromEntries([...perLife].map(([name, of]) => [name, of.length])),
  );
  report.promise('only messages of a killed process are repeated', alive.length === 0, alive);
  report.promise(
    'the last processes end well when asked',
    ends.every(({ code }) => code === 0),
    ends,
  );
};

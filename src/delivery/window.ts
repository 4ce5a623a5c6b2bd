import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Slots } from '../lib/slots.ts';
import type { Outgoing } from '../lib/smtp/smtp.ts';
import { traced } from '../lib/tracing.ts';
import { lookAhead } from './ahead.ts';
import { passage } from './breaker.ts';
import {
  type Begun,
  begin,
  domainsOf,
  type Kept,
  type Ledger,
  putBack,
  type Settled,
  skip,
} from './ledger.ts';
import { type Outcomes, openOutcomes } from './outcomes.ts';
import { PATIENCE_MS, takeTurns } from './pace.ts';
import { type Outcome, outcomeOf } from './reply.ts';

export type Attempt = {
  ledger: Ledger;
  lease: string;
  /** The states of a subscriber who may get this mail. */
  states: string[];
  /** What the ledger keeps of a digest that this attempt has chosen. */
  kept?: (id: string) => Kept | undefined;
  /** The message for a row, made once the row is committed as being sent. */
  message: (row: Begun) => Promise<Outgoing>;
  signal?: AbortSignal | undefined;
};

/** Rows that found no turn, or no server that takes mail from us: they are put back, for later. */
export type Put = { ids: string[]; notBefore: Date };
export type Sent = Settled & { left: number; put: Put | null };

/** Those behind a probe come back so much later. */
const AFTER_PROBE_MS = 30_000;

/** An attempt that takes longer puts the rest back, well before its lease ends. */
const LONGEST_MS = 120_000;

/**
 * Sends rows that an attempt has claimed, in a window that slides: as many are in flight as the SMTP pool of this process
 * has slots, whoever else sends with it. `sending` is committed before the first byte of a message leaves, and its slot is
 * free again when its outcome is committed; so a crash repeats no more messages than the pool has connections. Ends when
 * the signal fires, when the server refuses us, when turns are too far away, and after a while in any case, well before
 * its lease ends.
 */
export function sendInWindow(app: App, ids: string[], attempt: Attempt): Promise<Sent> {
  return traced('smtp window', { ledger: attempt.ledger, messages: ids.length }, async (span) => {
    const sent = await goThrough(app, ids, attempt);
    span.setAttributes({ sent: sent.sent, deferred: sent.deferred, failed: sent.failed });
    return sent;
  });
}

async function goThrough(app: App, ids: string[], attempt: Attempt): Promise<Sent> {
  const total: Sent = { sent: 0, deferred: 0, failed: 0, left: 0, put: null };
  const way = await passage(app);
  if (way.state === 'barred') return { ...total, put: await put(app, attempt, ids, way.until) };
  if (way.state === 'probe') {
    const rest = new Date(app.now().getTime() + AFTER_PROBE_MS);
    const later = await put(app, attempt, ids.slice(1), rest);
    return slide(app, ids.slice(0, 1), { ...attempt, probe: true }, { ...total, put: later });
  }
  return slide(app, ids, { ...attempt, probe: false }, total);
}

async function slide(
  app: App,
  ids: string[],
  attempt: Attempt & { probe: boolean },
  total: Sent,
): Promise<Sent> {
  const { slots, connections } = app.smtp;
  const { rates } = app.config;
  const paced = rates.all !== undefined || rates.domain !== undefined;
  const domains = rates.domain ? await domainsOf(app, attempt.ledger, ids) : new Map<string, string>();
  const patience = AbortSignal.timeout(LONGEST_MS);
  const outcomes = openOutcomes(app, attempt, total);
  const ahead = lookAhead(app, (some) => begin(app, attempt, some));
  let waiting = ids;
  let notBefore: Date | null = null;
  try {
    while (waiting.length > 0 && !notBefore) {
      const free = await slots.take(Math.min(waiting.length, connections));
      notBefore = outcomes.barredUntil() ?? (patience.aborted ? app.now() : null);
      if (notBefore || attempt.signal?.aborted || outcomes.lost()) {
        slots.give(free);
        break;
      }
      const next = waiting.slice(0, free);
      const turns = await takeTurns(
        app,
        next.map((id) => domains.get(id) ?? ''),
      ).catch(givingBack(slots, free));
      const going = next.flatMap((id, n) =>
        turns[n] && 'go' in turns[n] ? [{ id, waitMs: turns[n].go }] : [],
      );
      slots.give(free - going.length);
      // Those of a busy domain let the others pass.
      const gone = new Set(going.map(({ id }) => id));
      waiting = [...waiting.slice(free), ...next.filter((id) => !gone.has(id))];
      if (going.length > 0) {
        // Whose turn is far away is not begun.
        const behind = paced ? [] : waiting;
        await sendInTurn(app, going, attempt, { total, outcomes, begin: (some) => ahead(some, behind) });
        continue;
      }
      const soonest = Math.min(...turns.flatMap((turn) => ('busy' in turn ? [turn.busy] : [])));
      if (soonest > PATIENCE_MS) notBefore = new Date(app.now().getTime() + soonest);
      else await pause(soonest, attempt.signal);
    }
  } finally {
    await outcomes.written();
  }
  notBefore = outcomes.barredUntil() ?? notBefore;
  if (!notBefore) return total;
  return { ...total, put: together(total.put, await put(app, attempt, waiting, notBefore)) };
}

const givingBack = (slots: Slots, count: number) => (error: unknown) => {
  slots.give(count);
  throw error;
};

async function put(
  app: App,
  { ledger, lease }: Attempt,
  ids: string[],
  notBefore: Date,
): Promise<Put | null> {
  if (ids.length === 0) return null;
  await putBack(app, ledger, lease, ids, notBefore);
  return { ids, notBefore };
}

/** What was put back in two steps, for one job: at the later instant all may be tried. */
function together(one: Put | null, other: Put | null): Put | null {
  if (!one || !other) return one ?? other;
  const notBefore = one.notBefore > other.notBefore ? one.notBefore : other.notBefore;
  return { ids: [...one.ids, ...other.ids], notBefore };
}

type Sending = { total: Sent; outcomes: Outcomes; begin: (ids: string[]) => Promise<Begun[]> };

/** Begins those whose turn is now. The others are begun when theirs has come: until then their readers may still leave. */
async function sendInTurn(
  app: App,
  going: { id: string; waitMs: number }[],
  attempt: Attempt,
  sending: Sending,
): Promise<void> {
  const turns = [...Map.groupBy(going, ({ waitMs }) => waitMs)];
  const begun = turns.map(async ([waitMs, rows]) => {
    const ids = rows.map(({ id }) => id);
    if (waitMs === 0) return send(app, ids, attempt, sending);
    sending.outcomes.follow(pause(waitMs).then(() => send(app, ids, attempt, sending)));
  });
  await Promise.all(begun);
}

/** Commits that these are being sent, and has them go on their way. */
async function send(
  app: App,
  ids: string[],
  { ledger, lease, message }: Attempt,
  { total, outcomes, begin }: Sending,
): Promise<void> {
  const { slots } = app.smtp;
  const begun = await begin(ids).catch(givingBack(slots, ids.length));
  app.reached('begun');
  for (const row of begun)
    outcomes.expect(sendOne(app, row, message).then((outcome) => ({ id: row.id, outcome })));
  if (begun.length === ids.length) return;
  slots.give(ids.length - begun.length);
  const started = new Set(begun.map(({ id }) => id));
  const reason = 'the subscriber has left or paused';
  const gone = ids.filter((id) => !started.has(id)).map((id) => ({ id, reason }));
  total.left += await skip(app, ledger, lease, gone);
}

/** A message that cannot even be made concerns nobody but its own subscriber. */
async function sendOne({ smtp, sign, log }: App, row: Begun, message: Attempt['message']): Promise<Outcome> {
  let outgoing: Outgoing;
  try {
    outgoing = await message(row);
  } catch (err) {
    log.error({ id: row.id, err }, 'a message could not be made');
    return { status: 'failed', reason: 'the message could not be made', suppress: false };
  }
  const raw = await sign(outgoing.raw).catch((err) => log.error({ id: row.id, err }, 'signing failed'));
  if (!raw) return { status: 'deferred', reason: 'the message could not be signed', blame: 'us' };
  return outcomeOf(await smtp.send({ ...outgoing, raw }));
}

/** Returns early, and says nothing of it, when the signal fires. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { ...(signal ? { signal } : {}) }).catch(() => {});
}

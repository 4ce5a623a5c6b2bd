import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Outgoing } from '../lib/smtp.ts';
import { note, passage } from './breaker.ts';
import { type Begun, begin, domainsOf, type Ledger, putBack, type Settled, settle, skip } from './ledger.ts';
import { PATIENCE_MS, takeTurns } from './pace.ts';
import { type Outcome, outcomeOf } from './reply.ts';

export type Attempt = {
  ledger: Ledger;
  lease: string;
  /** The states of a subscriber who may get this mail. */
  states: string[];
  /** The message for a row, made once the row is committed as being sent. */
  message: (row: Begun) => Promise<Outgoing>;
  signal?: AbortSignal | undefined;
};

/** Rows that found no turn, or no server that takes mail from us: they are put back, for later. */
export type Put = { ids: string[]; notBefore: Date };
export type Sent = Settled & { left: number; put: Put | null };

/** Those behind a probe come back so much later. */
const AFTER_PROBE_MS = 30_000;

/** An attempt that waits for turns longer than this puts the rest back, well before its lease ends. */
const LONGEST_MS = 120_000;

/**
 * Sends rows that an attempt has claimed, in windows no larger than the SMTP pool: `sending` is committed before the
 * first byte of a window leaves, the outcomes after its replies. So a crash repeats a window at most. Windows end when
 * the signal fires, when the server refuses us, and when turns are too far away.
 */
export async function sendInWindows(app: App, ids: string[], attempt: Attempt): Promise<Sent> {
  const total: Sent = { sent: 0, deferred: 0, failed: 0, left: 0, put: null };
  const way = await passage(app);
  if (way.state === 'barred') return { ...total, put: await put(app, attempt, ids, way.until) };
  if (way.state === 'probe') {
    const rest = new Date(app.now().getTime() + AFTER_PROBE_MS);
    return sendTurnByTurn(app, ids.slice(0, 1), attempt, {
      ...total,
      put: await put(app, attempt, ids.slice(1), rest),
    });
  }
  return sendTurnByTurn(app, ids, attempt, total);
}

async function sendTurnByTurn(app: App, ids: string[], attempt: Attempt, total: Sent): Promise<Sent> {
  const domains = await domainsOf(app, attempt.ledger, ids);
  const patience = AbortSignal.timeout(LONGEST_MS);
  let waiting = ids;
  while (waiting.length > 0 && !attempt.signal?.aborted) {
    const window = waiting.slice(0, app.smtp.connections);
    const turns = await takeTurns(
      app,
      window.map((id) => domains.get(id) ?? ''),
    );
    const going = window.flatMap((id, n) =>
      turns[n] && 'go' in turns[n] ? [{ id, waitMs: turns[n].go }] : [],
    );
    const busy = turns.flatMap((turn) => ('busy' in turn ? [turn.busy] : []));
    const gone = new Set(going.map(({ id }) => id));
    // Those of a busy domain let the others pass.
    waiting = [...waiting.slice(window.length), ...window.filter((id) => !gone.has(id))];
    if (going.length > 0) {
      const { barredUntil, ...settled } = await sendWindow(app, going, attempt);
      total.sent += settled.sent;
      total.deferred += settled.deferred;
      total.failed += settled.failed;
      total.left += settled.left;
      if (barredUntil) return { ...total, put: await put(app, attempt, waiting, barredUntil) };
    } else {
      const soonest = Math.min(...busy);
      if (soonest > PATIENCE_MS || patience.aborted)
        return { ...total, put: await put(app, attempt, waiting, new Date(app.now().getTime() + soonest)) };
      await pause(soonest, attempt.signal);
    }
  }
  return total;
}

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

async function sendWindow(app: App, going: { id: string; waitMs: number }[], attempt: Attempt) {
  const { ledger, lease, states, message } = attempt;
  const ids = going.map(({ id }) => id);
  const begun = await begin(app, ledger, ids, lease, states);
  app.reached('begun');
  const started = new Set(begun.map(({ id }) => id));
  const gone = ids.filter((id) => !started.has(id));
  const reason = 'the subscriber has left or paused';
  const left = await skip(
    app,
    ledger,
    lease,
    gone.map((id) => ({ id, reason })),
  );
  const waits = new Map(going.map(({ id, waitMs }) => [id, waitMs]));
  const outcomes = await Promise.all(
    begun.map(async (row) => {
      await pause(waits.get(row.id) ?? 0);
      return { id: row.id, outcome: await sendOne(app, row, message) };
    }),
  );
  app.reached('answered');
  const settled = await insist(app, () => settle(app, ledger, lease, outcomes));
  app.reached('settled');
  return { ...settled, left, barredUntil: await noteRefusals(app, outcomes, settled.sent) };
}

/**
 * Writes down what has happened, even when the database is away just then: what was sent and is not written down would
 * be sent again. Tries for some two minutes, within the lease.
 */
async function insist<T>({ log }: App, write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (err) {
      if (attempt === WRITE_ATTEMPTS) throw err;
      log.warn({ err, attempt }, 'outcomes could not be written down yet');
      await pause(Math.min(250 * 2 ** attempt, 5000));
    }
  }
}
const WRITE_ATTEMPTS = 28;

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

/** @returns until when nobody is to try, if these refusals open the breaker */
function noteRefusals(app: App, outcomes: { outcome: Outcome }[], taken: number): Promise<Date | null> {
  const refusals = outcomes.flatMap(({ outcome }) =>
    outcome.status === 'deferred' && outcome.blame === 'us' ? [outcome.reason] : [],
  );
  return note(app, { taken, refused: refusals.length, reason: refusals[0] ?? '' });
}

/** Returns early, and says nothing of it, when the signal fires. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { ...(signal ? { signal } : {}) }).catch(() => {});
}

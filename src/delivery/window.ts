import type { App } from '../app.ts';
import type { Outgoing } from '../lib/smtp.ts';
import { type Begun, begin, type Ledger, type Settled, settle, skip } from './ledger.ts';
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

/**
 * Sends rows that an attempt has claimed, in windows no larger than the SMTP pool: `sending` is committed before the
 * first byte of a window leaves, the outcomes after its replies. So a crash repeats a window at most.
 */
export async function sendInWindows(
  app: App,
  ids: string[],
  attempt: Attempt,
): Promise<Settled & { left: number }> {
  const total = { sent: 0, deferred: 0, failed: 0, left: 0 };
  const size = app.smtp.connections;
  for (let at = 0; at < ids.length && !attempt.signal?.aborted; at += size) {
    const settled = await sendWindow(app, ids.slice(at, at + size), attempt);
    total.sent += settled.sent;
    total.deferred += settled.deferred;
    total.failed += settled.failed;
    total.left += settled.left;
  }
  return total;
}

async function sendWindow(app: App, ids: string[], { ledger, lease, states, message }: Attempt) {
  const begun = await begin(app, ledger, ids, lease, states);
  const started = new Set(begun.map(({ id }) => id));
  const gone = ids.filter((id) => !started.has(id));
  const left = await skip(
    app,
    ledger,
    lease,
    gone.map((id) => ({ id, reason: 'the subscriber has left or paused' })),
  );
  const outcomes = await Promise.all(
    begun.map(async (row) => ({ id: row.id, outcome: await sendOne(app, row, message) })),
  );
  return { ...(await settle(app, ledger, lease, outcomes)), left };
}

/** A message that cannot even be made concerns nobody but its own subscriber. */
async function sendOne({ smtp, log }: App, row: Begun, message: Attempt['message']): Promise<Outcome> {
  let outgoing: Outgoing;
  try {
    outgoing = await message(row);
  } catch (err) {
    log.error({ id: row.id, err }, 'a message could not be made');
    return { status: 'failed', reason: 'the message could not be made', suppress: false };
  }
  return outcomeOf(await smtp.send(outgoing));
}

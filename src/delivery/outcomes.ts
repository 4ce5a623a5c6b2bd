import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../app.ts';
import { barredUntil, note } from './breaker.ts';
import { type Ledger, type Settled, settle } from './ledger.ts';
import type { Outcome } from './reply.ts';

/** Outcomes of messages in flight, on their way into the ledger. */
export type Outcomes = {
  /** A message is in flight; its slot of the SMTP pool is free again when its outcome is written down. Never rejects. */
  expect: (outcome: Promise<Answered>) => void;
  /** Messages will be in flight when this resolves. When it rejects, it is as if an outcome were lost. */
  follow: (sending: Promise<void>) => void;
  /** Until when nobody is to try, if the server refuses us. */
  barredUntil: () => Date | null;
  /** Whether something could not be written down, and no more should be sent. */
  lost: () => boolean;
  /** Resolves when nothing is in flight and all is written down. @throws when it could not be. */
  written: () => Promise<void>;
};

type Answered = { id: string; outcome: Outcome };

/** Where they come fast, outcomes wait so long for others, until there are as many as half a pool. */
const GATHERING_MS = 5;
/** One for each half of a pool, so that neither waits for the other. */
const STATEMENTS = 2;

/**
 * Writes outcomes down as they come, two statements at a time: those that come meanwhile go into the next. So there are
 * few statements when there is much to do, and no outcome waits for a slow message.
 */
export function openOutcomes(
  app: App,
  { ledger, lease, probe }: { ledger: Ledger; lease: string; probe: boolean },
  total: Settled,
): Outcomes {
  const inFlight = new Set<Promise<void>>();
  let answered: Answered[] = [];
  const writing = new Set<Promise<void>>();
  let failure: unknown = null;
  let barred: Date | null = null;
  /** Whether this attempt has said that the server takes messages. */
  let said = false;

  const noted = async (taken: number, refused: string[]): Promise<Date | null> => {
    if (refused.length === 0 && (said || taken === 0)) return null;
    said = refused.length === 0;
    // Those in flight when others opened the breaker are no reason to open it again.
    const open = refused.length > 0 && !probe ? await barredUntil(app) : null;
    return open ?? note(app, { taken, refused: refused.length, reason: refused[0] ?? '' });
  };
  let gathering = false;
  let gathered = () => {};
  const enough = () => inFlight.size === 0 || answered.length >= app.smtp.connections / 2;
  const gather = async () => {
    if (enough()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    gathered = resolve;
    const timer = setTimeout(resolve, GATHERING_MS);
    await promise;
    clearTimeout(timer);
  };
  const write = async () => {
    gathering = true;
    await gather();
    gathering = false;
    const batch = answered;
    answered = [];
    try {
      app.reached('answered');
      const settled = await insist(app, () => settle(app, ledger, lease, batch));
      app.reached('settled');
      total.sent += settled.sent;
      total.deferred += settled.deferred;
      total.failed += settled.failed;
      barred ??= await noted(takenOf(batch), refusalsOf(batch));
    } catch (error) {
      failure ??= error;
    } finally {
      app.smtp.slots.give(batch.length);
    }
  };
  const writeNext = () => {
    if (answered.length === 0 || gathering || writing.size === STATEMENTS) return;
    const over: Promise<void> = write().then(() => {
      writing.delete(over);
      writeNext();
    });
    writing.add(over);
  };
  return {
    expect: (outcome) => {
      const told = outcome.then((one) => {
        inFlight.delete(told);
        answered.push(one);
        writeNext();
        if (enough()) gathered();
      });
      inFlight.add(told);
    },
    follow: (sending) => {
      const over: Promise<void> = sending
        .catch((error) => {
          failure ??= error;
        })
        .then(() => {
          inFlight.delete(over);
        });
      inFlight.add(over);
    },
    barredUntil: () => barred,
    lost: () => failure !== null,
    written: async () => {
      while (inFlight.size > 0 || writing.size > 0) await Promise.all([...inFlight, ...writing]);
      if (failure) throw failure;
    },
  };
}

/** What the server took, though another attempt may have taken the row. */
const takenOf = (batch: Answered[]): number =>
  batch.filter(({ outcome }) => outcome.status === 'sent').length;

/** Refusals that speak of us. */
const refusalsOf = (batch: Answered[]): string[] =>
  batch.flatMap(({ outcome }) =>
    outcome.status === 'deferred' && outcome.blame === 'us' ? [outcome.reason] : [],
  );

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
      await wait(Math.min(250 * 2 ** attempt, 5000));
    }
  }
}
const WRITE_ATTEMPTS = 28;

import type { App } from '../app.ts';

/** Whether mail may go to the server: freely, one message as a probe, or not before an instant. */
export type Passage = { state: 'free' | 'probe' } | { state: 'barred'; until: Date };

/** There is one SMTP server, so there is one breaker. */
const NAME = 'smtp';
/** The operator's own: open until the operator says otherwise. */
const OPERATOR = 'operator';
const NO_END = new Date('9999-01-01T00:00:00Z');
/** How long whoever finds it open lets things be. */
const ASK_AGAIN_SECONDS = 60;
/** So many refusals of us in a row, by whatever process, and all stop trying. */
const REFUSALS = 5;
/** The first opening lasts so long, the next twice as long, and so on up to the longest. */
const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;
/** How long others leave a probe alone. */
const PROBE_SECONDS = 240;

/**
 * Asks for passage. A server that refuses us (policy, authentication, TLS, or nobody there) would refuse every message:
 * trying on spends the patience of the server and the attempts of readers who have nothing to do with it.
 */
export async function passage({ db, now }: App): Promise<Passage> {
  const open = await db.breaker.findMany({ where: { openUntil: { not: null } } });
  if (open.some(({ name }) => name === OPERATOR))
    return { state: 'barred', until: new Date(now().getTime() + ASK_AGAIN_SECONDS * 1000) };
  const breaker = open.find(({ name }) => name === NAME);
  if (!breaker?.openUntil) return { state: 'free' };
  if (breaker.openUntil > now()) return { state: 'barred', until: breaker.openUntil };
  const until = new Date(now().getTime() + PROBE_SECONDS * 1000);
  const { count } = await db.breaker.updateMany({
    where: { name: NAME, openUntil: breaker.openUntil },
    data: { openUntil: until },
  });
  return count > 0 ? { state: 'probe' } : { state: 'barred', until };
}

/** Whether mail flows, and if not why. */
export async function sendingState({
  db,
}: Pick<App, 'db'>): Promise<
  { state: 'flows' } | { state: 'paused' } | { state: 'refused'; reason: string }
> {
  const open = await db.breaker.findMany({ where: { openUntil: { not: null } } });
  if (open.some(({ name }) => name === OPERATOR)) return { state: 'paused' };
  const breaker = open.find(({ name }) => name === NAME);
  return breaker ? { state: 'refused', reason: breaker.reason } : { state: 'flows' };
}

/** Holds all mail back, letters too, until `resumeSending`. What is in flight arrives. Repeatable. */
export async function pauseSending({ db, log }: App): Promise<void> {
  const data = { openUntil: NO_END, reason: 'paused by the operator', refusals: 0, openings: 0 };
  await db.breaker.upsert({ where: { name: OPERATOR }, create: { name: OPERATOR, ...data }, update: data });
  log.warn({}, 'sending is paused by the operator');
}

/** Lets mail flow again. Digests that went stale meanwhile are not sent. Repeatable. */
export async function resumeSending({ db, log }: App): Promise<void> {
  const { count } = await db.breaker.deleteMany({ where: { name: OPERATOR } });
  if (count > 0) log.info({}, 'sending is resumed by the operator');
}

/** Until when nobody is to try; null: mail may go. */
export async function barredUntil({ db, now }: App): Promise<Date | null> {
  const breaker = await db.breaker.findUnique({ where: { name: NAME } });
  return breaker?.openUntil && breaker.openUntil > now() ? breaker.openUntil : null;
}

/**
 * Notes what messages met: messages taken, and refusals that speak of us. Opens the breaker after enough of these in a
 * row, and again when a probe fails, and says so in the log; one message taken closes it.
 *
 * @returns until when nobody is to try, if the breaker opened
 */
export async function note(
  { db, now, log }: App,
  { taken, refused, reason }: { taken: number; refused: number; reason: string },
): Promise<Date | null> {
  if (taken > 0) {
    const [before] = await db.$queryRaw<{ openings: number }[]>`
      UPDATE breakers AS b SET refusals = 0, openings = 0, open_until = NULL
      FROM (SELECT openings FROM breakers WHERE name = ${NAME} AND refusals > 0 FOR UPDATE) AS before
      WHERE b.name = ${NAME} RETURNING before.openings`;
    if (before && before.openings > 0) log.info({}, 'the mail server takes messages again');
    return null;
  }
  if (refused === 0) return null;
  const [breaker] = await db.$queryRaw<{ openUntil: Date | null; opened: boolean }[]>`
    INSERT INTO breakers AS b (name, reason, refusals, openings, open_until)
    SELECT ${NAME}, ${reason}, ${refused}, (opens)::int,
      CASE WHEN opens THEN ${now()}::timestamptz + make_interval(secs => ${FIRST_SECONDS}) END
    FROM (SELECT ${refused}::int >= ${REFUSALS}::int AS opens) AS first
    ON CONFLICT (name) DO UPDATE SET
      reason = excluded.reason,
      refusals = b.refusals + excluded.refusals,
      openings = b.openings + (b.refusals + excluded.refusals >= ${REFUSALS})::int,
      open_until = CASE WHEN b.refusals + excluded.refusals >= ${REFUSALS}
        THEN ${now()}::timestamptz + least(${FIRST_SECONDS} * 2 ^ b.openings, ${LONGEST_SECONDS}) * interval '1 second'
        ELSE b.open_until END
    RETURNING open_until AS "openUntil", refusals >= ${REFUSALS} AS opened`;
  if (breaker?.opened)
    log.error({ reason, until: breaker.openUntil }, 'the mail server refuses us: sending pauses');
  return breaker?.opened ? breaker.openUntil : null;
}

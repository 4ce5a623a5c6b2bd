import { z } from 'zod';
import type { App } from '../app.ts';
import { parseDay } from '../lib/day.ts';
import type { Problem } from './subscriber.ts';
import { skipQueued } from './unsubscribe.ts';

/** The longest pause that has an end, in days. */
const LONGEST = 366;

const fields = z.object({ days: z.enum(['7', '14', '30', 'open']).optional(), until: z.string().optional() });

/**
 * Reads until when a pause is to last: for some days, until a day begins on the reader's own clock, or with no end
 * (null). The day is after today, and within a year.
 */
export function parsePause(
  input: unknown,
  { timeZone, now }: { timeZone: string; now: Date },
): { ok: true; until: Date | null } | { ok: false; problems: Problem[] } {
  const problem = (message: string) => ({ ok: false as const, problems: [{ field: 'until', message }] });
  const { data } = fields.safeParse(input);
  if (data?.days === undefined && data?.until === undefined)
    return problem('Choose how long the pause is to be.');
  if (data.days === 'open') return { ok: true, until: null };
  const today = now.toTemporalInstant().toZonedDateTimeISO(timeZone).toPlainDate();
  const day = data.days ? today.add({ days: Number(data.days) }).toString() : parseDay(data.until ?? '');
  if (day === null) return problem('Choose the day on which the digests are to go on.');
  const ahead = today.until(day).days;
  if (ahead < 1) return problem('Choose a day after today.');
  if (ahead > LONGEST) return problem('Choose a day within a year, or pause without an end.');
  return {
    ok: true,
    until: new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds),
  };
}

/**
 * Holds back a subscriber's digests until an instant, or until `resume` when it is null, and with them those that
 * wait to be sent. Repeatable: the last word counts. False when there is no confirmed subscription to pause.
 */
export async function pause({ db, now }: App, subscriberId: string, until: Date | null): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.subscriber.updateMany({
      where: { id: subscriberId, status: { in: ['active', 'paused'] } },
      data: { status: 'paused', pausedUntil: until },
    });
    if (count > 0) await skipQueued(tx, [subscriberId], 'paused', now());
    return count > 0;
  });
}

/** Ends a pause. False when there was none. */
export async function resume({ db, now }: App, subscriberId: string): Promise<boolean> {
  const { count } = await db.subscriber.updateMany({
    where: { id: subscriberId, status: 'paused' },
    data: { status: 'active', pausedUntil: null, changedAt: now() },
  });
  return count > 0;
}

/** Ends the pauses whose time has come, and says how many. Repeatable. */
export async function resumeDue({ db, now }: App): Promise<number> {
  const { count } = await db.subscriber.updateMany({
    where: { status: 'paused', pausedUntil: { lte: now() } },
    data: { status: 'active', pausedUntil: null, changedAt: now() },
  });
  return count;
}

/** When a subscriber's digests come, on their own clock. */
export type Clock = { timeZone: string; sendHour: number; frequency: 'daily' | 'weekdays' | 'weekly' };

/**
 * The instant at which an edition is due to a subscriber: the first start of their hour, on their own clock, not before
 * the edition opens. A local time that the zone skips is the instant an hour later, one that it repeats is the second,
 * as in Postgres, which asks the same question for all subscribers at once (compose.ts).
 */
export function slotOf(
  opensAt: Date,
  { timeZone, sendHour }: Pick<Clock, 'timeZone' | 'sendHour'>,
): Temporal.ZonedDateTime {
  const opens = opensAt.toTemporalInstant().toZonedDateTimeISO(timeZone);
  const hour = opens.toPlainDateTime().round({ smallestUnit: 'hour', roundingMode: 'floor' });
  const today = opens.toPlainDate().toPlainDateTime({ hour: sendHour });
  const slot = Temporal.PlainDateTime.compare(today, hour) < 0 ? today.add({ days: 1 }) : today;
  return slot.toZonedDateTime(timeZone, { disambiguation: 'later' });
}

/** Whether a digest goes out on a slot's weekday: weekly ones on Mondays, with the week before. */
export const comesOn = (frequency: Clock['frequency'], slot: Temporal.ZonedDateTime): boolean =>
  frequency === 'daily' || (frequency === 'weekdays' ? slot.dayOfWeek <= 5 : slot.dayOfWeek === 1);

/**
 * When the next digest comes to someone who has had none of the latest edition: its slot, if that has not gone stale,
 * else a later day's. Assumes an edition a day, at the latest one's hour.
 */
export function nextSlot(
  clock: Clock,
  { now, opensAt, staleAfterHours }: { now: Date; opensAt: Date; staleAfterHours: number },
): Temporal.ZonedDateTime {
  const freshFrom = now.getTime() - staleAfterHours * 3_600_000;
  const first = slotOf(opensAt, clock);
  for (let day = 0; ; day++) {
    const slot = first.add({ days: day });
    if (slot.epochMilliseconds > freshFrom && comesOn(clock.frequency, slot)) return slot;
  }
}

import { z } from 'zod';
import type { App } from '../app.ts';
import type { LetterKind, SubscriberStatus } from '../generated/enums.ts';
import type { Address } from './address.ts';
import { writeLetter, writtenToday } from './letter.ts';
import type { Problem } from './subscriber.ts';
import { emailField, parseFields } from './wishes.ts';

const fields = z.object({ email: emailField }, 'Send an object with your email.');

/** Reads the address that somebody wants their link sent to. */
export function parseLostLink(
  input: unknown,
): { ok: true; address: Address } | { ok: false; problems: Problem[] } {
  const parsed = parseFields(fields, input, {});
  return parsed.ok ? { ok: true, address: parsed.value.email } : parsed;
}

/**
 * Sends a reader the link to their preferences, and whoever has not confirmed yet the confirmation again; to everybody
 * else nothing. At most one such mail per address and day, and the outcome does not say whether there was one.
 */
export async function sendLostLink(app: App, { key }: Address): Promise<void> {
  const { db, queue } = app;
  await db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string; status: SubscriberStatus }[]>`
      SELECT id::text, status::text FROM subscribers WHERE email_key = ${key} FOR UPDATE`;
    const letter = row && LETTERS[row.status];
    if (row && letter && !(await writtenToday(app, tx, row.id, letter.unless)))
      return writeLetter(app, tx, row.id, letter.kind);
    await queue.send('letters', {}, { tx, key: 'letters' });
  });
}

/** What is written, unless a letter that says as much was written within the day. */
const LETTERS: Partial<Record<SubscriberStatus, { kind: LetterKind; unless: LetterKind[] }>> = {
  pending: { kind: 'confirm', unless: ['confirm'] },
  active: { kind: 'preferences', unless: ['preferences', 'already'] },
  paused: { kind: 'preferences', unless: ['preferences', 'already'] },
};

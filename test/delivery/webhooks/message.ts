import type { Feedback } from '../../../src/delivery/feedback.ts';

export const now = new Date('2026-05-07T08:00:00Z');
export const ADDRESS = 'ada@example.org';
/** Of the digest that the providers tell about. */
export const DELIVERY = '019dff00-0000-7000-8000-000000000001';
export const MESSAGE_ID = `<${DELIVERY}@paperboy.test>`;

/** What a provider's call was read as, in short. */
export const kinds = (all: Feedback[] | null) =>
  all?.map(({ kind, ours }) => (ours ? `${kind}, ours` : kind)) ?? 'unreadable';

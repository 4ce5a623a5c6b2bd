import { startStandIn } from '../../demo/stand-in.ts';
import type { App } from '../../src/app.ts';
import type { Choices } from '../../src/delivery/choices.ts';
import { deliverDue } from '../../src/delivery/deliver.ts';
import { compose } from '../../src/digests/compose.ts';
import { type PublishOutcome, publish } from '../../src/editions/publish.ts';
import { addDays, type Day, dayOf, startOf } from '../../src/lib/day.ts';
import { textOf } from '../../src/lib/pieces.ts';
import { slots } from '../../src/lib/slots.ts';
import { ingest } from '../../src/papers/ingest.ts';
import { type Open, ownApp } from './own-app.ts';
import { READERS, type Reader, react, subscribe } from './readers.ts';

/** Days of lists: a folder of YYYY-MM-DD.json in the shape of daily_papers. */
export type Lists = {
  folder: string;
  first: Day;
  last: Day;
  /** Before they are read: what the lists say at an instant. Recorded ones always say the same. */
  at?: (instant: Date) => void;
  /** How many days are read again each day, for their votes; 1 where nothing changes. */
  reread: number;
};

/** What one day brought to each reader who was due. */
export type Played = {
  day: Day;
  edition: PublishOutcome;
  digests: {
    reader: Reader;
    status: string;
    reason: string | null;
    choices: Choices | null;
    mail: Buffer | undefined;
    /** The examples that the reader gave. */
    asked: string[];
  }[];
};

/**
 * Plays days for the invented readers. Everything runs as in service (ingest, publish, compose, deliver); only the source
 * and the mail server are stood in for.
 */
export async function play(
  lists: Lists,
  onDay: (app: App, played: Played) => Promise<void>,
  open: Open = ownApp,
): Promise<void> {
  let clock = startOf(lists.first);
  /** What was sent last, by address. */
  const mails = new Map<string, Buffer>();
  const source = await startStandIn({ folder: lists.folder, today: () => dayOf(clock) });
  const app = await open({
    env: { HF_URL: source.url, SOURCES: 'huggingface' },
    now: () => new Date(clock),
    smtp: {
      connections: 50,
      slots: slots(50),
      send: async ({ to, raw }) => {
        mails.set(to, Buffer.from(textOf(raw)));
        return { accepted: true, text: '250 OK' };
      },
      close: () => {},
    },
  });
  const at = (instant: string) => {
    clock = new Date(instant);
  };
  try {
    for (const reader of READERS) await subscribe(app, reader);
    for (let day = lists.first; day <= lists.last; day = addDays(day, 1))
      await onDay(app, await playDay(app, day, { lists, at, mails }));
  } finally {
    await app.close();
    await source.close();
  }
}

async function playDay(
  app: App,
  day: Day,
  { lists, at, mails }: { lists: Lists; at: (instant: string) => void; mails: Map<string, Buffer> },
): Promise<Played> {
  at(`${day}T22:00:00Z`);
  lists.at?.(app.now());
  for (let ago = 0; ago < lists.reread; ago++) await ingest(app, { date: addDays(day, -ago) });
  at(`${addDays(day, 1)}T02:00:00Z`);
  const edition = await publish(app, { date: day });
  at(`${addDays(day, 1)}T08:00:00Z`);
  await compose(app);
  await deliverDue(app);
  const deliveries = await app.db.delivery.findMany({
    where: { editionDate: startOf(day) },
    include: { subscriber: true },
    orderBy: { subscriber: { email: 'asc' } },
  });
  const digests: Played['digests'] = [];
  for (const { subscriber, status, reason, choices: kept } of deliveries) {
    const reader = READERS.find(({ name }) => subscriber.email === `${name}@example.org`);
    if (!reader) continue;
    const choices = kept as Choices | null;
    const asked = choices ? await react(app, subscriber.id, reader, choices) : [];
    digests.push({ reader, status, reason, choices, mail: mails.get(subscriber.email), asked });
  }
  return { day, edition, digests };
}

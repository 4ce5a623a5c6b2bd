import type { App } from '../app.ts';
import { type LetterView, renderLetter } from '../digests/letters.ts';
import { latestOpening, nextDigest } from '../digests/next.ts';
import { loadTemplates } from '../digests/templates.ts';
import type { LetterKind } from '../generated/enums.ts';
import { encode } from '../lib/quoted-printable.ts';
import type { Outgoing } from '../lib/smtp/smtp.ts';
import { undoUrlOf, urlOf } from '../subscribers/links.ts';
import { UNDO_DAYS } from '../subscribers/resubscribe.ts';
import { asWritten, inOrder } from '../subscribers/topics.ts';
import { returnLinks } from './addresses.ts';
import { due } from './backlog.ts';
import { type Begun, claim, release, type Settled } from './ledger.ts';
import { letterMessage } from './message.ts';
import { widerFor } from './wider.ts';
import { sendInWindow } from './window.ts';

/** Who may get which letter: a confirmation goes to nobody who has confirmed, a goodbye to nobody who is back. */
const STATES: Record<LetterKind, string[]> = {
  confirm: ['pending'],
  welcome: ['active', 'paused'],
  already: ['active', 'paused'],
  goodbye: ['unsubscribed'],
  preferences: ['active', 'paused'],
  quiet: ['active'],
};

/** Sends the letters that wait, by the rules of the ledger. Repeatable; several processes may do it at once. */
export async function sendLetters(app: App, signal?: AbortSignal): Promise<Settled> {
  const total = { sent: 0, deferred: 0, failed: 0 };
  const opensAt = await latestOpening(app);
  for (;;) {
    const ids = await due(app, 'letters', 50);
    if (ids.length === 0 || signal?.aborted) return total;
    await loadTemplates();
    const lease = app.uuid();
    const claimed = await claim(app, 'letters', ids, lease);
    for (const [kind, letters] of Map.groupBy(await load(app, claimed), (letter) => letter.kind)) {
      const waiting = new Map(letters.map((letter) => [letter.id, letter]));
      const settled = await sendInWindow(app, [...waiting.keys()], {
        ledger: 'letters',
        lease,
        states: STATES[kind],
        message: (row) => letterFor(app, row, waiting.get(row.id) as Waiting, opensAt),
        signal,
      });
      total.sent += settled.sent;
      total.deferred += settled.deferred;
      total.failed += settled.failed;
    }
    await release(app, 'letters', claimed, lease);
  }
}

type Waiting = Awaited<ReturnType<typeof load>>[number];

const load = ({ db }: App, ids: string[]) =>
  db.letter.findMany({
    where: { id: { in: ids } },
    orderBy: { id: 'asc' },
    include: {
      subscriber: { include: { topics: inOrder } },
    },
  });

async function letterFor(
  app: App,
  { id, email, messageDate }: Begun,
  letter: Waiting,
  opensAt: Date | null,
): Promise<Outgoing> {
  const { kind, subscriberId } = letter;
  const { subject, html, text } = await renderLetter(kind, {
    ...viewOf(app, letter, opensAt),
    ...(kind === 'quiet' ? { wider: await widerFor(app, letter.subscriber) } : {}),
  });
  const links = returnLinks(app, { id, subscriberId });
  return letterMessage({
    id,
    kind,
    to: email,
    date: messageDate,
    from: app.config.mailFrom,
    links,
    encoded: { subject, html: encode(html), text: encode(text) },
  });
}

function viewOf(app: App, { subscriber }: Waiting, opensAt: Date | null): LetterView {
  const { id, unsubscribedAt } = subscriber;
  return {
    topics: asWritten(subscriber.topics).map(({ query }) => query),
    nextDigest: nextDigest(app, subscriber, opensAt),
    undoDays: UNDO_DAYS,
    links: {
      confirm: urlOf(app, 'confirm', id),
      preferences: urlOf(app, 'preferences', id),
      unsubscribe: urlOf(app, 'unsubscribe', id),
      undo: unsubscribedAt ? undoUrlOf(app, { id, at: unsubscribedAt }) : '',
      data: urlOf(app, 'data', id),
      site: app.config.baseUrl,
    },
  };
}

import type { App } from '../app.ts';
import { type LetterView, renderLetter } from '../digests/letters.ts';
import { latestOpening, nextDigest } from '../digests/next.ts';
import { type Wider, widerTopics } from '../editions/wider.ts';
import type { LetterKind } from '../generated/enums.ts';
import { encode } from '../lib/quoted-printable.ts';
import type { Outgoing } from '../lib/smtp.ts';
import { undoUrlOf, urlOf } from '../subscribers/links.ts';
import { UNDO_DAYS } from '../subscribers/resubscribe.ts';
import { parseTopic } from '../topics/topic.ts';
import { returnLinks } from './addresses.ts';
import { type Begun, claim, due, release, type Settled } from './ledger.ts';
import { letterMessage } from './message.ts';
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
    const lease = app.uuid();
    const claimed = await claim(app, 'letters', ids, lease);
    for (const [kind, letters] of Map.groupBy(await load(app, claimed), (letter) => letter.kind)) {
      const waiting = new Map(letters.map((letter) => [letter.id, letter]));
      const wider = kind === 'quiet' ? await widerTopics(app, topicsOf(letters)) : NONE_WIDER;
      const settled = await sendInWindow(app, [...waiting.keys()], {
        ledger: 'letters',
        lease,
        states: STATES[kind],
        message: (row) => letterFor(app, row, waiting.get(row.id) as Waiting, { opensAt, wider }),
        signal,
      });
      total.sent += settled.sent;
      total.deferred += settled.deferred;
      total.failed += settled.failed;
    }
    await release(app, 'letters', lease);
  }
}

/** What letters of a batch say in common. */
type Facts = { opensAt: Date | null; wider: ReadonlyMap<string, Wider[]> };
const NONE_WIDER: Facts['wider'] = new Map();

const topicsOf = (letters: Waiting[]) =>
  letters.flatMap(({ subscriber }) =>
    subscriber.topics.flatMap(({ topic }) => {
      const parsed = parseTopic(topic.query);
      return parsed.ok ? [parsed.topic] : [];
    }),
  );

type Waiting = Awaited<ReturnType<typeof load>>[number];

const load = ({ db }: App, ids: string[]) =>
  db.letter.findMany({
    where: { id: { in: ids } },
    orderBy: { id: 'asc' },
    include: {
      subscriber: { include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } } },
    },
  });

async function letterFor(
  app: App,
  { id, email, messageDate }: Begun,
  letter: Waiting,
  facts: Facts,
): Promise<Outgoing> {
  const { kind, subscriberId } = letter;
  const { subject, html, text } = await renderLetter(kind, viewOf(app, letter, facts));
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

function viewOf(app: App, { subscriber }: Waiting, { opensAt, wider }: Facts): LetterView {
  const { id, unsubscribedAt } = subscriber;
  return {
    topics: subscriber.topics.map(({ topic }) => topic.query),
    nextDigest: nextDigest(app, subscriber, opensAt),
    undoDays: UNDO_DAYS,
    wider: widerFor(app, subscriber, wider),
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

const MOST_WIDER = 6;

/** Wider topics for each of the reader's, with links that fill them into the preferences, to be looked at and saved there. */
function widerFor(
  app: App,
  { id, topics }: Waiting['subscriber'],
  wider: Facts['wider'],
): LetterView['wider'] {
  const own = topics.map(({ topic }) => topic.query);
  const found = new Map(own.flatMap((query) => wider.get(query) ?? []).map((one) => [one.query, one]));
  const some = [...found.values()].filter(({ query }) => !own.includes(query)).slice(0, MOST_WIDER);
  const page = urlOf(app, 'preferences', id);
  const adding = (queries: string[]) =>
    `${page}?${new URLSearchParams(queries.map((query) => ['add', query]))}`;
  return {
    topics: some.map((one) => ({ ...one, url: adding([one.query]) })),
    url: some.length > 0 ? adding(some.map(({ query }) => query)) : page,
  };
}

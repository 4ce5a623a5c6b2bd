import type { App } from '../app.ts';
import { choose } from '../digests/choose.ts';
import type { Digest } from '../digests/digest.ts';
import { knownOf } from '../digests/known.ts';
import type { Reader } from '../digests/reader.ts';
import { encodeDigest } from '../digests/render.ts';
import { loadTemplates } from '../digests/templates.ts';
import type { Edition } from '../editions/edition.ts';
import { editionFromShelf } from '../editions/shelf.ts';
import type { DeliveryStatus } from '../generated/enums.ts';
import { dayOf } from '../lib/day.ts';
import type { Outgoing } from '../lib/smtp/smtp.ts';
import { pagesOf, returnLinks } from './addresses.ts';
import { due } from './backlog.ts';
import { type Choices, kept, restore } from './choices.ts';
import { type Begun, claim, type Kept, release, type Settled, skip } from './ledger.ts';
import { digestMessage } from './message.ts';
import { writeQuietLetters } from './quiet.ts';
import { sendInWindow } from './window.ts';

export type DeliverReport = Settled & { skipped: number };

/**
 * Sends the digests of a batch of deliveries: chooses papers, renders, hands them to the SMTP server in windows no
 * larger than its pool, and writes the outcomes down. Repeatable at any instant, by any number of processes: rows of
 * another attempt, settled rows and subscribers who have left are passed over.
 *
 * @param signal ends the attempt after the window in flight; what is left is taken up by the next
 */
export async function deliver(app: App, ids: string[], signal?: AbortSignal): Promise<DeliverReport> {
  const { log, queue, now } = app;
  // What keeps all messages from being made is no single one's fault.
  await loadTemplates();
  const lease = app.uuid();
  const claimed = await claim(app, 'deliveries', ids, lease);
  app.reached('claimed');
  const chosen = await chooseAll(app, claimed, lease);
  app.reached('chosen');
  const { left, put, ...settled } = await sendInWindow(app, [...chosen.keys()], {
    ledger: 'deliveries',
    lease,
    states: ['active'],
    kept: (id) => keptOf(chosen.get(id)),
    message: (row) => digestFor(app, row, chosen.get(row.id) as Chosen),
    signal,
  });
  await release(app, 'deliveries', claimed, lease);
  if (put) {
    const inSeconds = (put.notBefore.getTime() - now().getTime()) / 1000;
    await queue.sendAll('deliver', [{ ids: put.ids }], { inSeconds });
  }
  const report = { ...settled, skipped: claimed.length - chosen.size + left };
  if (claimed.length > 0) log.info(report, 'deliveries attempted');
  signal?.throwIfAborted();
  return report;
}

export type OnProgress = (done: number, total: number) => void;

/** Sends whatever is due and in nobody's hands, without the queue: what the command line and a whole day by hand do. */
export async function deliverDue(app: App, onProgress?: OnProgress): Promise<DeliverReport> {
  const total = { sent: 0, deferred: 0, failed: 0, skipped: 0 };
  const waiting = onProgress ? await app.db.delivery.count({ where: { status: { in: UNSETTLED } } }) : 0;
  for (let ids = await due(app, 'deliveries', 50); ids.length > 0; ids = await due(app, 'deliveries', 50)) {
    const { sent, deferred, failed, skipped } = await deliver(app, ids);
    total.sent += sent;
    total.deferred += deferred;
    total.failed += failed;
    total.skipped += skipped;
    onProgress?.(total.sent + total.deferred + total.failed + total.skipped, waiting);
  }
  return total;
}

const UNSETTLED: DeliveryStatus[] = ['queued', 'sending'];

/** `anew`: by this attempt, so that the ledger does not have it yet. */
type Chosen = { subscriberId: string; digest: Digest; anew: boolean };

const keptOf = (one: Chosen | undefined): Kept | undefined => (one?.anew ? kept(one.digest) : undefined);

/** The digest of each delivery: the one that an earlier attempt chose, or a new one, which is to be kept. */
async function chooseAll(app: App, ids: string[], lease: string): Promise<Map<string, Chosen>> {
  const rows = await load(app, ids);
  const chosen = new Map<string, Chosen>();
  const silent: { id: string; subscriberId: string; reason: string }[] = [];
  for (const [edition, group] of await byEdition(app, rows)) {
    const known = await knownOf(
      app,
      edition,
      group.map(({ subscriberId, topics }) => ({ id: subscriberId, topicIds: topics.map(({ id }) => id) })),
    );
    for (const { id, subscriberId, choices, ...reader } of group) {
      if (choices) {
        chosen.set(id, { subscriberId, digest: restore(edition, choices), anew: false });
        continue;
      }
      const choice = choose(edition, reader, known(subscriberId));
      if ('silence' in choice) silent.push({ id, subscriberId, reason: choice.silence });
      else chosen.set(id, { subscriberId, digest: choice.digest, anew: true });
    }
  }
  await skip(app, 'deliveries', lease, silent);
  await writeQuietLetters(
    app,
    silent.map(({ subscriberId }) => subscriberId),
  );
  return chosen;
}

type Waiting = Reader & { id: string; subscriberId: string; editionDate: Date; choices: Choices | null };

/** Plan: the deliveries by key, and by key what belongs to each. */
const load = ({ db }: App, ids: string[]) =>
  db.$queryRaw<Waiting[]>`
    SELECT d.id, d.subscriber_id AS "subscriberId", d.edition_date AS "editionDate", d.choices,
      s.max_papers AS "maxPapers", s.trending, s.popularity, s.frequency::text,
      ARRAY(
        SELECT json_build_object('id', topic_id, 'query', coalesce(written, (SELECT query FROM topics WHERE id = topic_id)))
        FROM subscriber_topics WHERE subscriber_id = s.id ORDER BY position
      ) AS topics
    FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.id = ANY (${ids}::uuid[]) ORDER BY d.id`;

async function byEdition<Row extends { editionDate: Date }>(
  app: App,
  rows: Row[],
): Promise<[Edition, Row[]][]> {
  const groups = Map.groupBy(rows, ({ editionDate }) => dayOf(editionDate));
  const loaded: [Edition, Row[]][] = [];
  for (const [day, group] of groups) {
    const edition = await editionFromShelf(app, day);
    if (!edition) throw new Error(`The edition of ${day} is gone, but deliveries name it.`);
    loaded.push([edition, group]);
  }
  return loaded;
}

async function digestFor(
  app: App,
  { id, email, messageDate }: Begun,
  { subscriberId, digest }: Chosen,
): Promise<Outgoing> {
  const pages = pagesOf(app, { deliveryId: id, subscriberId });
  const encoded = await encodeDigest(digest, { links: pages });
  const links = returnLinks(app, { id, subscriberId }, pages.unsubscribe);
  return digestMessage({ id, to: email, date: messageDate, from: app.config.mailFrom, links, encoded });
}

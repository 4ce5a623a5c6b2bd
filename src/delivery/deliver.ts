import type { App } from '../app.ts';
import { choose, type Known } from '../digests/choose.ts';
import type { Digest } from '../digests/digest.ts';
import { renderDigest } from '../digests/render.ts';
import { type Edition, excludedBy, matchesOf } from '../editions/edition.ts';
import { matchMissing } from '../editions/matching.ts';
import { editionFromShelf } from '../editions/shelf.ts';
import { type Day, dayOf } from '../lib/day.ts';
import type { Outgoing } from '../lib/smtp.ts';
import { pagesOf, returnLinks } from './addresses.ts';
import { type Choices, keep, restore } from './choices.ts';
import { type Begun, claim, due, release, type Settled, skip } from './ledger.ts';
import { digestMessage } from './message.ts';
import { sendInWindows } from './window.ts';

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
  const lease = app.uuid();
  const claimed = await claim(app, 'deliveries', ids, lease);
  app.reached('claimed');
  const chosen = await chooseAll(app, claimed, lease);
  app.reached('chosen');
  const { left, put, ...settled } = await sendInWindows(app, [...chosen.keys()], {
    ledger: 'deliveries',
    lease,
    states: ['active'],
    message: (row) => digestFor(app, row, chosen.get(row.id) as Chosen),
    signal,
  });
  await release(app, 'deliveries', lease);
  if (put) {
    const inSeconds = (put.notBefore.getTime() - now().getTime()) / 1000;
    await queue.sendAll('deliver', [{ ids: put.ids }], { inSeconds });
  }
  const report = { ...settled, skipped: claimed.length - chosen.size + left };
  if (claimed.length > 0) log.info(report, 'deliveries attempted');
  signal?.throwIfAborted();
  return report;
}

/** Sends whatever is due and in nobody's hands, without the queue: what the command line and a whole day by hand do. */
export async function deliverDue(
  app: App,
  onProgress?: (report: DeliverReport) => void,
): Promise<DeliverReport> {
  const total = { sent: 0, deferred: 0, failed: 0, skipped: 0 };
  for (let ids = await due(app, 'deliveries', 50); ids.length > 0; ids = await due(app, 'deliveries', 50)) {
    const { sent, deferred, failed, skipped } = await deliver(app, ids);
    total.sent += sent;
    total.deferred += deferred;
    total.failed += failed;
    total.skipped += skipped;
    onProgress?.(total);
  }
  return total;
}

type Chosen = { subscriberId: string; digest: Digest };

/** The digest of each delivery: the one that an earlier attempt chose, or a new one, written down before it is sent. */
async function chooseAll(app: App, ids: string[], lease: string): Promise<Map<string, Chosen>> {
  const { db } = app;
  const rows = await db.delivery.findMany({
    where: { id: { in: ids } },
    orderBy: { id: 'asc' },
    include: {
      subscriber: { include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } } },
    },
  });
  const chosen = new Map<string, Chosen>();
  const silent: { id: string; reason: string }[] = [];
  for (const [day, edition, group] of await byEdition(app, rows)) {
    const known = await knownOf(app, day, group);
    for (const row of group) {
      const { id, subscriberId, subscriber } = row;
      const stored = row.choices as Choices | null;
      const topics = subscriber.topics.map(({ topic }) => topic);
      const choice = stored
        ? { digest: restore(edition, stored) }
        : choose(edition, { ...subscriber, topics }, known(subscriberId, topics));
      if ('digest' in choice) chosen.set(id, { subscriberId, digest: choice.digest });
      else silent.push({ id, reason: choice.silence });
    }
  }
  await keep(app, chosen, lease);
  await skip(app, 'deliveries', lease, silent);
  return chosen;
}

async function byEdition<Row extends { editionDate: Date }>(
  app: App,
  rows: Row[],
): Promise<[Day, Edition, Row[]][]> {
  const groups = Map.groupBy(rows, ({ editionDate }) => dayOf(editionDate));
  const loaded: [Day, Edition, Row[]][] = [];
  for (const [day, group] of groups) {
    const edition = await editionFromShelf(app, day);
    if (!edition) throw new Error(`The edition of ${day} is gone, but deliveries name it.`);
    loaded.push([day, edition, group]);
  }
  return loaded;
}

/** What choosing must know of each subscriber of a batch, read set by set. */
async function knownOf(
  app: App,
  day: Day,
  rows: { subscriberId: string; subscriber: { topics: { topicId: string }[] } }[],
): Promise<(subscriberId: string, topics: { id: string }[]) => Known> {
  const { db } = app;
  const topicIds = [
    ...new Set(rows.flatMap(({ subscriber }) => subscriber.topics.map(({ topicId }) => topicId))),
  ];
  await matchMissing(app, day, topicIds);
  const matches = await matchesOf(db, day, topicIds);
  const excluded = await excludedBy(db, day, topicIds);
  const history = await db.$queryRaw<{ subscriber_id: string; paper_ids: string[] }[]>`
    SELECT subscriber_id, array_agg(DISTINCT paper_id) AS paper_ids
    FROM deliveries, unnest(paper_ids) AS paper_id
    WHERE subscriber_id = ANY (${rows.map(({ subscriberId }) => subscriberId)}::uuid[])
      AND status NOT IN ('failed', 'skipped') AND edition_date <> ${new Date(day)}
    GROUP BY subscriber_id`;
  const sent = new Map(history.map((row) => [row.subscriber_id, new Set(row.paper_ids)]));
  return (subscriberId, topics) => ({
    matches,
    excluded: new Set(topics.flatMap(({ id }) => [...(excluded.get(id) ?? [])])),
    sent: sent.get(subscriberId) ?? new Set(),
  });
}

async function digestFor(
  app: App,
  { id, email, messageDate }: Begun,
  { subscriberId, digest }: Chosen,
): Promise<Outgoing> {
  const rendered = await renderDigest(digest, { links: pagesOf(app, { deliveryId: id, subscriberId }) });
  const links = returnLinks(app, { id, subscriberId });
  return digestMessage({ id, to: email, date: messageDate, from: app.config.mailFrom, links, rendered });
}

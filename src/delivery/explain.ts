import type { App } from '../app.ts';
import { nameOf } from '../digests/subject.ts';
import { type Edition, latestEdition, loadEdition } from '../editions/edition.ts';
import { dayOf } from '../lib/day.ts';
import { paperNamed } from '../papers/paper.ts';
import { parseAddress } from '../subscribers/address.ts';
import { asWritten, inOrder } from '../subscribers/topics.ts';
import type { Choices } from './choices.ts';
import { type Asking, whyNot } from './why-not.ts';

export type Explanation = { found: boolean; lines: string[] };

/**
 * Why a paper was or was not sent to a subscriber, in sentences; facts from the ledger and the latest edition that has
 * the paper.
 *
 * @param name as `paperNamed` reads it
 */
export async function explain(app: App, address: string, name: string): Promise<Explanation> {
  const parsed = parseAddress(address);
  if (!parsed.ok) return { found: false, lines: [parsed.problem] };
  const subscriber = await app.db.subscriber.findUnique({
    where: { emailKey: parsed.key },
    select: { id: true },
  });
  if (!subscriber) {
    const named = idIn(name);
    return { found: false, lines: [named.problem ?? 'Nobody has subscribed with this address.'] };
  }
  return explainTo(app, subscriber.id, name);
}

/** As `explain`, to a subscriber who is known by their id. */
export async function explainTo(app: App, subscriberId: string, name: string): Promise<Explanation> {
  const { db } = app;
  const { id, problem } = idIn(name);
  if (problem !== undefined) return { found: false, lines: [problem] };
  const subscriber = await db.subscriber.findUnique({
    where: { id: subscriberId },
    include: {
      topics: inOrder,
      deliveries: { where: { paperIds: { has: id } }, orderBy: { editionDate: 'asc' } },
    },
  });
  if (!subscriber) return { found: false, lines: ['Nobody has subscribed with this address.'] };
  const paper = await db.paper.findUnique({ where: { id } });
  if (!paper) return { found: false, lines: [`No source has listed ${id} yet.`] };

  const sent = subscriber.deliveries.map(({ editionDate, status, reason, settledAt, choices }) => {
    const { papers, trending } = choices as Choices;
    const why = [...papers, ...trending].find((choice) => choice.id === id)?.reasons.join(' · ');
    return `In the digest of ${dayOf(editionDate)} (${status}${settledAt ? ` on ${dayOf(settledAt)}` : ''}${reason ? `: ${reason}` : ''}): ${why}.`;
  });
  const edition = await editionWith(app, id);
  const named = `“${nameOf(paper.title, 80)}”, listed on ${dayOf(paper.listedOn)}.`;
  if (!edition) return { found: true, lines: [named, ...sent, 'No edition is published yet.'] };
  const asking: Asking = {
    edition,
    subscriber: { ...subscriber, topics: asWritten(subscriber.topics) },
    id,
    listedOn: dayOf(paper.listedOn),
  };
  return { found: true, lines: [named, ...sent, ...(await whyNot(app, asking))] };
}

type Named = { id: string; problem?: undefined } | { id?: undefined; problem: string };

export function idIn(name: string): Named {
  const id = paperNamed(name);
  if (id !== null) return { id };
  return { problem: `“${name}” is no arXiv id such as 2605.01234, nor a page of such a paper.` };
}

/** The latest edition that has the paper; where none has, the latest. */
async function editionWith({ db }: App, id: string): Promise<Edition | null> {
  const row = await db.editionPaper.findFirst({
    where: { paperId: id },
    orderBy: { editionDate: 'desc' },
    select: { editionDate: true },
  });
  return row ? loadEdition(db, dayOf(row.editionDate)) : latestEdition(db);
}

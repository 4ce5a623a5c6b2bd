import type { App } from '../app.ts';
import { ordinal } from '../digests/reasons.ts';
import { excludedBy, matchesOf } from '../editions/edition.ts';
import { dayOf } from '../lib/day.ts';
import { parseAddress } from '../subscribers/address.ts';
import type { Choices } from './choices.ts';

/** Why a paper was or was not sent to a subscriber, in sentences; facts from the ledger and the latest edition. */
export async function explain(
  app: App,
  address: string,
  paperId: string,
): Promise<{ found: boolean; lines: string[] }> {
  const { db } = app;
  const parsed = parseAddress(address);
  if (!parsed.ok) return { found: false, lines: [parsed.problem] };
  const subscriber = await db.subscriber.findUnique({
    where: { emailKey: parsed.key },
    include: { topics: { orderBy: { position: 'asc' }, include: { topic: true } } },
  });
  if (!subscriber) return { found: false, lines: ['Nobody has subscribed with this address.'] };
  const paper = await db.paper.findUnique({ where: { id: paperId } });
  if (!paper) return { found: false, lines: [`No source has listed ${paperId} yet.`] };

  const had = await db.delivery.findMany({
    where: { subscriberId: subscriber.id, paperIds: { has: paperId } },
    orderBy: { editionDate: 'asc' },
  });
  const sent = had.flatMap(({ editionDate, status, reason, choices }) => {
    const { papers, trending } = choices as Choices;
    const why = [...papers, ...trending].find(({ id }) => id === paperId)?.reasons.join(' · ');
    return [`In the digest of ${dayOf(editionDate)} (${status}${reason ? `: ${reason}` : ''}): ${why}.`];
  });
  return { found: true, lines: [...sent, ...(await inLatestEdition(app, subscriber, paperId))] };
}

async function inLatestEdition(
  { db }: App,
  {
    id,
    status,
    topics,
  }: { id: string; status: string; topics: { topicId: string; topic: { query: string } }[] },
  paperId: string,
): Promise<string[]> {
  const edition = await db.edition.findFirst({ orderBy: { date: 'desc' } });
  if (!edition) return ['No edition is published yet.'];
  const date = dayOf(edition.date);
  const place = await db.editionPaper.findUnique({
    where: { editionDate_paperId: { editionDate: edition.date, paperId } },
  });
  if (!place) return [`Not among the papers of the latest edition, ${date}.`];
  const topicIds = topics.map(({ topicId }) => topicId);
  const matches = await matchesOf(db, date, topicIds);
  const excluded = await excludedBy(db, date, topicIds);
  const delivery = await db.delivery.findUnique({
    where: { subscriberId_editionDate: { subscriberId: id, editionDate: edition.date } },
  });
  return [
    `In the edition of ${date}: ${ordinal(place.rank)} by heat (${place.heat.toFixed(2)}).`,
    ...topics.map(({ topicId, topic: { query } }) => {
      const match = matches.get(topicId)?.find((one) => one.paperId === paperId);
      if (match) return `“${query}”: relevance ${match.relevance.toFixed(2)}.`;
      if (excluded.get(topicId)?.has(paperId)) return `“${query}”: excluded by it.`;
      return `“${query}”: relevance below the cut-off of 0.50.`;
    }),
    ledgerLine(status, delivery),
  ];
}

function ledgerLine(status: string, delivery: { status: string; reason: string | null } | null): string {
  if (delivery)
    return `This edition's delivery: ${delivery.status}${delivery.reason ? ` (${delivery.reason})` : ''}.`;
  return status === 'active'
    ? 'This edition has not been composed for the subscriber yet.'
    : `The subscriber is ${status}.`;
}

import type { App } from '../app.ts';
import { choose, type Known, type Reader } from '../digests/choose.ts';
import { ordinal } from '../digests/reasons.ts';
import { type Edition, excludedBy, latestEdition, matchesOf } from '../editions/edition.ts';
import { matchMissing } from '../editions/matching.ts';
import { dayOf, startOf } from '../lib/day.ts';
import { paperId } from '../papers/paper.ts';
import { parseAddress } from '../subscribers/address.ts';
import { CUT_OFF } from '../topics/match.ts';
import { parseTopic } from '../topics/topic.ts';
import type { Choices } from './choices.ts';

/**
 * Why a paper was or was not sent to a subscriber, in sentences; facts from the ledger and the latest edition.
 *
 * @param name the paper's arXiv id in any spelling, or its address at arXiv or Hugging Face
 */
export async function explain(
  app: App,
  address: string,
  name: string,
): Promise<{ found: boolean; lines: string[] }> {
  const { db } = app;
  const parsed = parseAddress(address);
  if (!parsed.ok) return { found: false, lines: [parsed.problem] };
  const id = paperId(withoutAddress(name));
  if (id === null)
    return {
      found: false,
      lines: [`“${name}” is no arXiv id such as 2605.01234, nor a page of such a paper.`],
    };
  const subscriber = await db.subscriber.findUnique({
    where: { emailKey: parsed.key },
    include: {
      topics: { orderBy: { position: 'asc' }, include: { topic: true } },
      deliveries: { where: { paperIds: { has: id } }, orderBy: { editionDate: 'asc' } },
    },
  });
  if (!subscriber) return { found: false, lines: ['Nobody has subscribed with this address.'] };
  const paper = await db.paper.findUnique({ where: { id } });
  if (!paper) return { found: false, lines: [`No source has listed ${id} yet.`] };

  const sent = subscriber.deliveries.map(({ editionDate, status, reason, choices }) => {
    const { papers, trending } = choices as Choices;
    const why = [...papers, ...trending].find((choice) => choice.id === id)?.reasons.join(' · ');
    return `In the digest of ${dayOf(editionDate)} (${status}${reason ? `: ${reason}` : ''}): ${why}.`;
  });
  const topics = subscriber.topics.map(({ topic }) => topic);
  return { found: true, lines: [...sent, ...(await inLatestEdition(app, { ...subscriber, topics }, id))] };
}

/** What names the paper in the address of its page: the path behind abs/, pdf/, html/ or papers/. */
const withoutAddress = (name: string) =>
  name
    .trim()
    .replace(
      /^(?:https?:\/\/)?(?:(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)|(?:huggingface\.co|hf\.co)\/papers)\//i,
      '',
    )
    .replace(/[?#].*$/, '')
    .replace(/(?:\.pdf)?\/?$/i, '');

type Subscriber = Reader & { id: string; status: string };

async function inLatestEdition(app: App, subscriber: Subscriber, id: string): Promise<string[]> {
  const { db } = app;
  const edition = await latestEdition(db);
  if (!edition) return ['No edition is published yet.'];
  const { date } = edition;
  const paper = edition.papers.find((one) => one.id === id);
  if (!paper) return [`Not among the papers of the latest edition, ${date}.`];
  const topicIds = subscriber.topics.map((topic) => topic.id);
  await matchMissing(app, date, topicIds);
  const matches = await matchesOf(db, date, topicIds);
  const excluded = await excludedBy(db, date, topicIds);
  const delivery = await db.delivery.findUnique({
    where: { subscriberId_editionDate: { subscriberId: subscriber.id, editionDate: startOf(date) } },
  });
  const known = {
    matches,
    excluded: new Set([...excluded.values()].flatMap((papers) => [...papers])),
  };
  return [
    `In the edition of ${date}: ${ordinal(paper.rank)} by heat (${paper.heat.toFixed(2)}).`,
    ...subscriber.topics.map((topic) => {
      const match = matches.get(topic.id)?.find((one) => one.paperId === id);
      if (match) return `“${topic.query}”: relevance ${match.relevance.toFixed(2)}.`;
      return `“${topic.query}”: ${excluded.get(topic.id)?.has(id) ? 'excluded by it' : shortfall(topic.query)}.`;
    }),
    ...(delivery?.paperIds.includes(id)
      ? []
      : await whyNot(app, edition, subscriber, known, { id, composed: delivery?.choices != null })),
    ledgerLine(subscriber.status, delivery),
  ];
}

/** Words are weighed; phrases, categories and authors let a paper through or not. */
function shortfall(query: string): string {
  const parsed = parseTopic(query);
  const ways = parsed.ok ? parsed.topic.ways : [];
  const demands = ways.some(
    ({ phrases, categories, authors }) => phrases.length + categories.length + authors.length > 0,
  );
  const weighs = ways.some(({ words }) => words.length > 0);
  const below = `below the cut-off of ${CUT_OFF.toFixed(2)}`;
  if (!demands) return `relevance ${below}`;
  return `lacks what the topic demands${weighs ? `, or its relevance is ${below}` : ''}`;
}

/** What choosing makes of the paper, for a digest that does not have it. */
async function whyNot(
  { db }: App,
  edition: Edition,
  subscriber: Subscriber,
  known: Omit<Known, 'sent'>,
  { id, composed }: { id: string; composed: boolean },
): Promise<string[]> {
  const history = await db.delivery.findMany({
    where: {
      subscriberId: subscriber.id,
      status: { notIn: ['failed', 'skipped'] },
      editionDate: { not: startOf(edition.date) },
    },
    select: { editionDate: true, paperIds: true },
    orderBy: { editionDate: 'desc' },
  });
  const before = history.find(({ paperIds }) => paperIds.includes(id));
  if (before) return [`Not again: it was in the digest of ${dayOf(before.editionDate)}.`];
  const all = { ...known, sent: new Set(history.flatMap(({ paperIds }) => paperIds)) };
  const choice = choose(edition, subscriber, all);
  if ('silence' in choice) return [`This edition brings the subscriber no digest: ${choice.silence}.`];
  const { papers, trending } = choice.digest;
  const isIt = ({ paper }: { paper: { id: string } }) => paper.id === id;
  if (papers.some(isIt) || trending.some(isIt)) {
    if (composed)
      return [
        'The digest was chosen before the topics, preferences or earlier digests were what they are now.',
      ];
    return [`It would be in the digest${trending.some(isIt) ? ' as a trending paper' : ''}.`];
  }
  const places = placesOf(edition, subscriber, all, id);
  if (places.length > 0)
    return places.map(
      ({ query, position, of }) =>
        `${ordinal(position)} of ${of} new papers on “${query}”; a digest has at most ${subscriber.maxPapers} papers${subscriber.topics.length > 1 ? ', over all topics' : ''}.`,
    );
  if (!subscriber.trending) return ['Not on the topics, and the subscriber wants no trending papers.'];
  if (known.excluded.has(id)) return ['What a topic excludes is no trending paper either.'];
  return [`Not on the topics, and not among the ${trending.length} trending papers outside of them.`];
}

/** The paper's place among the new ones of each topic that it is on, in the order in which they are taken. */
function placesOf(edition: Edition, subscriber: Subscriber, known: Known, id: string) {
  return subscriber.topics.flatMap((topic) => {
    const choice = choose(edition, { ...subscriber, topics: [topic], maxPapers: Infinity }, known);
    const order = 'digest' in choice ? choice.digest.papers : [];
    const at = order.findIndex(({ paper }) => paper.id === id);
    return at < 0 ? [] : [{ query: topic.query, position: at + 1, of: order.length }];
  });
}

function ledgerLine(status: string, delivery: { status: string; reason: string | null } | null): string {
  if (delivery)
    return `This edition's delivery: ${delivery.status}${delivery.reason ? ` (${delivery.reason})` : ''}.`;
  return status === 'active'
    ? 'This edition has not been composed for the subscriber yet.'
    : `The subscriber is ${status}.`;
}

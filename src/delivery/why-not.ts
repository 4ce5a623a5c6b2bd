import type { App } from '../app.ts';
import { choose, isBack } from '../digests/choose.ts';
import { fieldOf } from '../digests/field.ts';
import { knownOf } from '../digests/known.ts';
import type { Known, Reader } from '../digests/reader.ts';
import { ordinal, spelledIn } from '../digests/reasons.ts';
import { nameOf } from '../digests/subject.ts';
import type { Like } from '../digests/taste.ts';
import { type Edition, excludedBy } from '../editions/edition.ts';
import { type Day, startOf } from '../lib/day.ts';
import { CUT_OFF } from '../topics/relevance.ts';
import { type Nearness, nearnessTo } from '../topics/shortfall.ts';

/** A paper, the edition that would have brought it, and whoever asks about it. */
export type Asking = {
  edition: Edition;
  subscriber: Reader & { id: string; status: string };
  id: string;
  listedOn: Day;
};

/** What an edition makes of a paper for a subscriber, in sentences, down to the delivery. */
export async function whyNot(app: App, asking: Asking): Promise<string[]> {
  const { edition, subscriber, id, listedOn } = asking;
  const topicIds = subscriber.topics.map((topic) => topic.id);
  const known = (await knownOf(app, edition, [{ id: subscriber.id, topicIds }]))(subscriber.id);
  const paper = edition.papers.find((one) => one.id === id);
  const onTopics = await topicLines(app, asking, known);
  if (!paper) {
    const when = listedOn > edition.date ? 'it was listed after that' : 'it was listed too long before that';
    return [`Not among the papers of the latest edition, ${edition.date}: ${when}.`, ...onTopics];
  }
  const delivery = await app.db.delivery.findUnique({
    where: { subscriberId_editionDate: { subscriberId: subscriber.id, editionDate: startOf(edition.date) } },
  });
  return [
    `In the edition of ${edition.date}: ${ordinal(paper.rank)} by heat (${paper.heat.toFixed(2)}).`,
    ...onTopics,
    ...(delivery?.paperIds.includes(id) ? [] : chosenOrNot(asking, known, delivery?.choices != null)),
    ledgerLine(subscriber.status, delivery),
  ];
}

/** A line for each topic: how well the paper matches, or what keeps it out. */
async function topicLines(
  app: App,
  { edition: { date }, subscriber, id }: Asking,
  { matches }: Known,
): Promise<string[]> {
  const excluded = await excludedBy(
    app.db,
    date,
    subscriber.topics.map((topic) => topic.id),
  );
  const matched = new Map(
    subscriber.topics.map((topic) => [topic.id, matches.get(topic.id)?.find((one) => one.paperId === id)]),
  );
  const others = subscriber.topics.filter((topic) => !matched.get(topic.id));
  const nearness = await nearnessTo(
    app,
    date,
    id,
    others.map(({ query }) => query),
  );
  return subscriber.topics.map((topic) => {
    const match = matched.get(topic.id);
    if (match) {
      const owed = match.byMeaning ? ', which it owes to its meaning' : '';
      return `“${topic.query}”: matched ${match.relevance.toFixed(2)}${owed}.`;
    }
    const near = nearness.get(topic.query);
    const what = near ? shortfall(topic.query, near) : 'not on it';
    return `“${topic.query}”: ${excluded.get(topic.id)?.has(id) && !near?.has.length ? 'excluded by it' : what}.`;
  });
}

function shortfall(query: string, { relevance, closeness, missing, lacks, has }: Nearness): string {
  if (has.length > 0) return `excluded by ${has.map((word) => `“-${word}”`).join(' and ')}`;
  if (lacks.length > 0) return `lacks what the topic demands: ${lacks.join(', ')}`;
  const absent = missing.map((word) => `“${spelledIn(query, word)}”`);
  const without = absent.length > 0 ? `, missing ${list.format(absent)}` : '';
  // Down, so that what is below never reads as if it were not.
  const by = closeness === null ? '' : ` with a closeness in meaning of ${closeness.toFixed(2)}`;
  const shown = `${(Math.floor(relevance * 100) / 100).toFixed(2)}${by}`;
  if (relevance >= CUT_OFF) return `matched ${shown}${by ? '' : ' by its words'}`;
  return `matched ${shown}, below ${CUT_OFF.toFixed(2)}${without}`;
}
const list = new Intl.ListFormat('en-GB');

/** What choosing makes of a paper that the digest does not have. */
function chosenOrNot({ edition, subscriber, id }: Asking, known: Known, composed: boolean): string[] {
  const field = fieldOf(edition);
  const paper = field.papers.get(id);
  const before = known.sent.get(id);
  if (paper && before && !isBack(paper, before, field))
    return [
      `Not again: it was in the digest of ${before.on}${before.times > 1 ? ' and in a later one' : ''}.`,
    ];
  const choice = choose(edition, subscriber, known);
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
  const places = placesOf(edition, subscriber, known, id);
  const like = known.taste?.get(id)?.like;
  return [
    ...places.map(
      ({ query, position, of }) =>
        `${ordinal(position)} of ${of} new papers on “${query}”; a digest has at most ${subscriber.maxPapers} papers${subscriber.topics.length > 1 ? ', over all topics' : ''}.`,
    ),
    ...(like ? [asked(like)] : []),
    ...[...papers, ...trending].flatMap((other) =>
      field.twins.get(id)?.has(other.paper.id)
        ? [`Nearly the same as “${nameOf(other.paper.title, 80)}”, which is in the digest.`]
        : [],
    ),
    ...(places.length > 0 ? [] : outside(subscriber, known, id, trending.length)),
  ];
}

const asked = ({ kind, title, itself }: Like) =>
  `${kind === 'less' ? 'Less' : 'More'} like ${itself ? 'it' : `“${nameOf(title, 80)}”`} was asked for.`;

function outside({ trending }: Reader, { excluded }: Known, id: string, taken: number): string[] {
  if (!trending) return ['Not on the topics, and the subscriber wants no trending papers.'];
  if (excluded.has(id)) return ['What a topic excludes is no trending paper either.'];
  return [`Not on the topics, and not among the ${taken} trending papers outside of them.`];
}

/** The paper's place among the new ones of each topic that it is on, in the order in which they are taken. */
function placesOf(edition: Edition, subscriber: Reader, known: Known, id: string) {
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

import { isDeepStrictEqual } from 'node:util';
import type { App } from '../app.ts';
import { addDays, type Day, dayOf, startOf } from '../lib/day.ts';
import type { Tx } from '../lib/db.ts';
import { embedPapers, embedTopics } from '../topics/vectors.ts';
import { alone } from './alone.ts';
import { type Candidate, candidates } from './candidates.ts';
import { matchAll, missing } from './matching.ts';
import { judgeSources } from './sources.ts';

export type PublishOutcome =
  | {
      /** `unchanged`: made again, with the same papers. `frozen`: a delivery names it, so its papers stay. */
      status: 'published' | 'unchanged' | 'frozen';
      date: Day;
      papers: number;
      /** How many topics were matched in this run. */
      topics: number;
      notes: string[];
    }
  | { status: 'held'; date: Day; why: string };

const HOUR = 3_600_000;
/** A day's list is complete some 26 hours after the day began, and its edition due. Milliseconds. */
export const COMPLETE = 26 * HOUR;
/** An edition later than this after its time opens when it is made. */
const LATE = 20 * HOUR;
/** What else lacks vectors then gets them minute by minute (settle). */
const MOST_VECTORS = 5000;

/** The day whose edition is due: its list is complete. */
export const editionDay = (now: Date): Day => dayOf(new Date(now.getTime() - COMPLETE));

/**
 * Makes the edition of a day, or makes it anew: the same signals give the same edition. Once a delivery names it, it is
 * frozen, and only topics that are new since are matched. Held, with nothing written, when no source was read for the day
 * or the day is still to come.
 *
 * @throws when the database is away
 */
export async function publish(app: App, { date }: { date: Day }): Promise<PublishOutcome> {
  const { config, log, now } = app;
  const at = now();
  const complete = startOf(date).getTime() + COMPLETE;
  const asOf = new Date(Math.min(at.getTime(), complete));
  const held = (why: string): PublishOutcome => {
    log.warn({ edition: date, why }, 'edition held');
    return { status: 'held', date, why };
  };
  if (date > dayOf(at)) return held('The day is still to come.');
  const sources = await judgeSources(app, date, asOf);
  if (!sources.good) return held(sources.why);
  await embedPapers(app, {
    from: addDays(date, 1 - config.editionWindowDays),
    to: date,
    limit: MOST_VECTORS,
  });
  await embedTopics(app, { limit: MOST_VECTORS });
  const outcome = await alone(app, date, async (tx): Promise<PublishOutcome> => {
    if (await isFrozen(tx, date)) return frozen(app, tx, date);
    const papers = await candidates(app, tx, { date, asOf });
    const notes = [...sources.notes, ...(papers.length === 0 ? ['No paper was listed in these days.'] : [])];
    const opensAt = at.getTime() > complete + LATE ? at : new Date(complete);
    const changed = await write(tx, { date, at, asOf, opensAt, notes, papers });
    const topics = await matchAll(app, tx, date, await missing(tx, date));
    return { status: changed ? 'published' : 'unchanged', date, papers: papers.length, topics, notes };
  });
  log.info({ edition: date, ...outcome }, 'edition made');
  return outcome;
}

/** Whether a delivery names it. The row lock makes a delivery that is being written finish first: its foreign key holds the edition. */
export async function isFrozen(tx: Tx, date: Day): Promise<boolean> {
  await tx.$queryRaw`SELECT date FROM editions WHERE date = ${startOf(date)}::date FOR UPDATE`;
  return (
    (await tx.delivery.findFirst({ where: { editionDate: startOf(date) }, select: { id: true } })) !== null
  );
}

async function frozen(app: App, tx: Tx, date: Day): Promise<PublishOutcome> {
  const { notes } = await tx.edition.findUniqueOrThrow({ where: { date: startOf(date) } });
  const papers = await tx.editionPaper.count({ where: { editionDate: startOf(date) } });
  const topics = await matchAll(app, tx, date, await missing(tx, date));
  return { status: 'frozen', date, papers, topics, notes };
}

type Made = { date: Day; at: Date; asOf: Date; opensAt: Date; notes: string[]; papers: Candidate[] };

/** Writes the papers, and forgets the matches of the old ones. True when readers see something else than before. */
async function write(tx: Tx, { date, at, asOf, opensAt, notes, papers }: Made): Promise<boolean> {
  const editionDate = startOf(date);
  const before = await tx.edition.findUnique({
    where: { date: editionDate },
    include: { papers: { orderBy: { rank: 'asc' } } },
  });
  const rows = papers.map(({ id, ...paper }) => ({ editionDate, paperId: id, ...paper }));
  const changed =
    !before || !isDeepStrictEqual([before.notes, before.papers.map(plain)], [notes, rows.map(plain)]);
  await tx.editionTopic.deleteMany({ where: { editionDate } });
  await tx.edition.upsert({
    where: { date: editionDate },
    create: { date: editionDate, publishedAt: at, asOf, opensAt, notes },
    // It opens when it was first said to: nobody's digest is put off because the edition was made anew.
    update: { asOf, notes, ...(changed ? { publishedAt: at } : {}) },
  });
  if (!changed) return false;
  await tx.editionPaper.deleteMany({ where: { editionDate } });
  const column = <Key extends keyof Candidate>(key: Key) => papers.map((paper) => paper[key]);
  await tx.$executeRaw`
    INSERT INTO edition_papers
      (edition_date, paper_id, rank, heat, votes, comments, stars, votes_gained, stars_gained)
    SELECT ${editionDate}::date, * FROM unnest(${column('id')}::text[], ${column('rank')}::int[],
      ${column('heat')}::float8[], ${column('votes')}::int[], ${column('comments')}::int[], ${column('stars')}::int[],
      ${column('votesGained')}::int[], ${column('starsGained')}::int[])`;
  return true;
}

/** The same fields in the same order, so that two rows can be compared. */
const plain = ({ paperId, rank, heat, votes, comments, stars, votesGained, starsGained }: PaperRow) => [
  paperId,
  rank,
  heat,
  votes,
  comments,
  stars,
  votesGained,
  starsGained,
];

type PaperRow = Omit<Candidate, 'id'> & { paperId: string };

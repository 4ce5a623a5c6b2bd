import type { App } from '../../src/app.ts';
import { type Day, startOf } from '../../src/lib/day.ts';
import type { Open } from './own-app.ts';
import { type Lists, type Played, play } from './play.ts';
import { READERS } from './readers.ts';

/** A paper of an edition, with what was known of it then and the votes that it had a week later, where somebody knows. */
export type Ranked = {
  id: string;
  heat: number;
  votes: number;
  votesGained: number;
  isNew: boolean;
  later: number | null;
};
export type Sent = { id: string; title: string; reasons: string[] };

/** What days of lists brought: the editions, and what each day ended in for each reader. */
export type History = {
  days: number;
  editions: Ranked[][];
  readerDays: { reader: string; outcome: string; papers: Sent[] }[];
};

/** A paper's votes a week after a day; null when nobody measured them. */
export type Later = (id: string, day: Day) => number | null;

/** Plays days and writes down what there is to measure. */
export async function historyOf(lists: Lists, later: Later, open?: Open): Promise<History> {
  const history: History = { days: 0, editions: [], readerDays: [] };
  await play(
    lists,
    async (app, played) => {
      history.days += 1;
      history.editions.push(await rankedIn(app, played.day, later));
      history.readerDays.push(...(await readerDaysOf(app, played)));
    },
    open,
  );
  return history;
}

async function rankedIn({ db }: App, day: Day, later: Later): Promise<Ranked[]> {
  const rows = await db.editionPaper.findMany({
    where: { editionDate: startOf(day) },
    include: { paper: { select: { listedOn: true } } },
    orderBy: { rank: 'asc' },
  });
  return rows.map(({ paperId, heat, votes, votesGained, paper }) => ({
    id: paperId,
    heat,
    votes,
    votesGained,
    isNew: paper.listedOn.getTime() === startOf(day).getTime(),
    later: later(paperId, day),
  }));
}

async function readerDaysOf({ db }: App, { edition, digests }: Played): Promise<History['readerDays']> {
  const chosen = digests.map(({ reader, status, reason, choices }) => ({
    reader: reader.name,
    outcome: reason ?? status,
    papers: choices ? [...choices.papers, ...choices.trending] : [],
  }));
  const ids = chosen.flatMap(({ papers }) => papers.map(({ id }) => id));
  const papers = await db.paper.findMany({ where: { id: { in: ids } }, select: { id: true, title: true } });
  const titles = new Map(papers.map(({ id, title }) => [id, title]));
  return READERS.map(({ name, frequency }) => {
    const digest = chosen.find(({ reader }) => reader === name);
    const none =
      frequency === 'weekly' ? 'not the day of the weekly reader' : 'no edition that they had not had';
    return {
      reader: name,
      outcome: digest?.outcome ?? (edition.status === 'held' ? 'the edition was held' : none),
      papers: (digest?.papers ?? []).map(({ id, reasons }) => ({ id, title: titles.get(id) ?? '', reasons })),
    };
  });
}

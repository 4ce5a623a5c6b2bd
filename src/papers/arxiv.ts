import type { App } from '../app.ts';
import { addDays, type Day, dayOf } from '../lib/day.ts';
import { type AtomPage, readAtom, readRss } from './feeds.ts';
import { type BadRecord, SOURCE_NAMES, type SourceDay, type SourcePaper } from './paper.ts';
import { ask, patiently, SourceError, type Wait } from './request.ts';
import { inTurn } from './turn.ts';

/** arXiv's terms: one request in three seconds, one at a time. https://info.arxiv.org/help/api/tou.html */
const GAP_MS = 3_000;
const PAGE = 500;
const MOST_PAGES = 10;
/** Before an answer that looks wrong is taken for what it is. */
const DOUBTS_MS = [15_000, 45_000];

/**
 * The papers that arXiv announced on a day in the configured categories: today's from the RSS feed, a past day's from
 * the query API by when they were submitted. No votes.
 *
 * @throws SourceError
 */
export async function fetchDay(
  app: App,
  day: Day,
  { wait = patiently }: { wait?: Wait } = {},
): Promise<SourceDay> {
  const today = dayOf(app.now());
  if (day > today) return { papers: [], bad: [] };
  if (day === today) return fetchAnnounced(app, day, wait);
  const window = announcementWindow(day);
  return window ? fetchSubmitted(app, { day, window, wait }) : { papers: [], bad: [] };
}

/** The feed holds one announcement, the latest: before New York's midnight, and at weekends, that of an earlier day. */
async function fetchAnnounced(app: App, day: Day, wait: Wait): Promise<SourceDay> {
  const { rssUrl, categories } = app.config.arxiv;
  return undoubted(wait, async () => {
    const { latest, papers, bad } = readRss(
      await get(app, `${rssUrl}/rss/${categories.join('+')}`, wait),
      day,
    );
    if (latest === day || !isDue(day, app.now())) return { papers, bad };
    const doubt = latest ? `arXiv's feed is still that of ${latest}` : "arXiv's feed is empty";
    return { papers, bad, doubt: `${doubt} (a holiday of arXiv, or it is late).` };
  });
}

type Window = { from: Date; to: Date };

async function fetchSubmitted(
  app: App,
  { day, window, wait }: { day: Day; window: Window; wait: Wait },
): Promise<SourceDay> {
  const papers = new Map<string, SourcePaper>();
  const bad: BadRecord[] = [];
  let start = 0;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await undoubted(wait, async (): Promise<AtomPage> => {
      const answer = readAtom(await get(app, queryUrl(app, { window, start }), wait), day);
      if (answer.entries > 0) return answer;
      return {
        ...answer,
        doubt: `arXiv sent none of ${answer.total || 'the day’s'} papers from ${start} on.`,
      };
    });
    for (const paper of page.papers) papers.set(paper.id, paper);
    bad.push(...page.bad);
    const all = { papers: [...papers.values()], bad };
    if (page.doubt) return { ...all, doubt: `${page.doubt} It may be busy, or had a holiday.` };
    start += page.entries;
    if (start >= page.total) return all;
  }
  return { papers: [...papers.values()], bad, doubt: `arXiv has more than ${start} papers for that day.` };
}

function queryUrl(
  { config }: App,
  { window: { from, to }, start }: { window: Window; start: number },
): string {
  const minute = (instant: Date) => instant.toISOString().replace(/\D/g, '').slice(0, 12);
  const last = new Date(to.getTime() - 60_000);
  const query = new URLSearchParams({
    search_query: `(${config.arxiv.categories.map((name) => `cat:${name}`).join(' OR ')}) AND submittedDate:[${minute(from)} TO ${minute(last)}]`,
    sortBy: 'submittedDate',
    sortOrder: 'ascending',
    start: String(start),
    max_results: String(PAGE),
  });
  return `${config.arxiv.url}/api/query?${query}`;
}

async function get(app: App, url: string, wait: Wait): Promise<string> {
  const { status, body } = await ask(app, url, {
    name: SOURCE_NAMES.arxiv,
    backoff: [5_000, 15_000, 45_000],
    wait,
    turn: (request) => inTurn(app, { host: 'arxiv.org', gapMs: GAP_MS, wait }, request),
  });
  if (status === 200) return body;
  // An error with a status of its own is an Atom entry as well, which says more.
  if (body.includes('<entry>')) readAtom(body, '');
  throw new SourceError(`arXiv answered ${status}.`);
}

/** An answer that is right in form but doubtful, such as an empty feed with 200, is often throttling: ask again. */
async function undoubted<T extends { doubt?: string }>(wait: Wait, once: () => Promise<T>): Promise<T> {
  for (const pause of DOUBTS_MS) {
    const answer = await once();
    if (answer.doubt === undefined) return answer;
    await wait(pause);
  }
  return once();
}

/**
 * When what was announced on a day had been submitted: from 14:00 to 14:00 in New York, over the weekend for Tuesday;
 * null at weekends, when nothing is announced. arXiv's holidays are not known here.
 * https://info.arxiv.org/help/availability.html
 */
export function announcementWindow(day: Day): Window | null {
  const { dayOfWeek } = Temporal.PlainDate.from(day);
  const span = { 1: [-4, -3], 2: [-4, -1], 3: [-2, -1], 4: [-2, -1], 5: [-2, -1] }[dayOfWeek];
  if (!span) return null;
  const [from = 0, to = 0] = span.map((days) => inNewYork(addDays(day, days), 14));
  return { from: new Date(from), to: new Date(to) };
}

/** Two hours after the midnight at which the feed changes. */
function isDue(day: Day, now: Date): boolean {
  return announcementWindow(day) !== null && now.getTime() >= inNewYork(day, 2);
}

function inNewYork(day: Day, hour: number): number {
  const plainTime = Temporal.PlainTime.from({ hour });
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: 'America/New_York', plainTime })
    .epochMilliseconds;
}

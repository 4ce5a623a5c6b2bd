import type { App } from '../app.ts';
import { addDays, dayOf } from '../lib/day.ts';
import { listedCandidates, matches } from '../topics/match.ts';
import { type ParsedTopic, parseTopic, type Way } from '../topics/topic.ts';
import { waysOf } from '../topics/ways.ts';

/** A topic that asks for less than a reader's own, and how many papers the last two weeks had on it. */
export type Wider = { query: string; papers: number };

const DAYS = 14;
const SHOWN = 2;

/**
 * Wider topics that bring more than each of some topics does, by its query; the narrowest of them first. Topics that have
 * none are absent. All are counted in one statement.
 */
export async function widerTopics(
  { db }: Pick<App, 'db'>,
  topics: ParsedTopic[],
): Promise<Map<string, Wider[]>> {
  const latest = await db.edition.findFirst({ orderBy: { date: 'desc' }, select: { date: true } });
  const wider = new Map(topics.map((topic) => [topic.query, widened(topic)]));
  const asked = new Map([...topics, ...[...wider.values()].flat()].map((topic) => [topic.query, topic]));
  if (!latest || asked.size === 0) return new Map();
  const to = dayOf(latest.date);
  const rows = await db.$queryRaw<{ query: string; papers: number }[]>`
    SELECT topic AS query, count(*)::int AS papers
    FROM (${matches({ date: to, ways: waysOf([...asked.values()]), candidates: listedCandidates(addDays(to, 1 - DAYS), to) })}) AS found
    GROUP BY topic`;
  const counts = new Map(rows.map(({ query, papers }) => [query, papers]));
  const papersOn = (query: string) => counts.get(query) ?? 0;
  return new Map(
    [...wider].flatMap(([own, some]) => {
      const better = some
        .map(({ query }) => ({ query, papers: papersOn(query) }))
        .filter(({ papers }) => papers > papersOn(own))
        .sort((a, b) => a.papers - b.papers || (a.query < b.query ? -1 : 1));
      return better.length > 0 ? [[own, better.slice(0, SHOWN)]] : [];
    }),
  );
}

/** The topic with its phrases as free words, and without each of its demands in turn. What it excludes stays out. */
export function widened({ query, ways }: ParsedTopic): ParsedTopic[] {
  const [way] = ways;
  if (!way || ways.length > 1) return [];
  const demands = demandsOf(way);
  const not = way.not.map((text) => (text.includes(' ') ? `-"${text}"` : `-${text}`));
  const loose = demands.map((demand) => demand.replace(/^"(.*)"$/, '$1'));
  const texts = [loose, ...demands.map((_, dropped) => loose.filter((__, n) => n !== dropped))];
  const found = new Map(
    texts.flatMap((rest) => {
      const parsed = parseTopic([...rest, ...not].join(' '));
      return parsed.ok && parsed.topic.query !== query ? [[parsed.topic.query, parsed.topic] as const] : [];
    }),
  );
  return [...found.values()];
}

const demandsOf = ({ words, phrases, categories, authors }: Way) => [
  ...words.map(({ text }) => text),
  ...phrases.map((text) => `"${text}"`),
  ...categories.map((text) => `cat:${text}`),
  ...authors.map((text) => `author:"${text}"`),
];

import type { App } from '../app.ts';
import { type ParsedTopic, parseTopic } from '../topics/topic.ts';
import type { Way } from '../topics/ways.ts';
import { countFound, type Harvest, type TopicHarvest } from './harvest.ts';
import { longForm } from './spelt-out.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A topic near to one that a reader wrote, and how many papers the same days have on it. */
export type Neighbour = {
  /** What it is to the reader's own: instead of it with more papers or with fewer, or beside it. */
  kind: 'wider' | 'narrower' | 'beside';
  query: string;
  total: number;
};

/** For all topics together, and for one. */
const MOST_TRIED = 60;
const TRIED = 10;
const SHOWN = 3;

/**
 * Neighbours of each topic, by its query, that bring what it lacks: wider ones for a silent or rare topic, narrower ones
 * for a broad topic, and the keywords of its papers. All are counted, in one statement; what brings nothing is left out.
 */
export async function neighbours(
  app: Pick<App, 'db' | 'embedder' | 'log'>,
  topics: ParsedTopic[],
  found: Harvest,
): Promise<Map<string, Neighbour[]>> {
  const own = new Set(topics.map(({ query }) => query));
  const each = Math.max(SHOWN, Math.floor(MOST_TRIED / topics.length));
  const tried = topics.flatMap((topic, n) => {
    const its = found.topics[n];
    return its ? [{ its, tries: triesOf(topic, its, verdictOf(found, its), own).slice(0, each) }] : [];
  });
  const candidates = new Map(
    tried.flatMap(({ tries }) => tries.map(({ topic }) => [topic.query, topic] as const)),
  );
  const totals = await countFound(app, [...candidates.values()]);
  return new Map(
    tried.map(({ its, tries }) => [
      its.query,
      tries
        .map(({ kind, topic }) => ({ kind, query: topic.written, total: totals.get(topic.query) ?? 0 }))
        .filter((neighbour) => helps(neighbour, its))
        .slice(0, SHOWN),
    ]),
  );
}

type Try = { kind: Neighbour['kind']; topic: ParsedTopic };

/** What may be worth a look, the likeliest first. Pure. */
export function triesOf(
  topic: ParsedTopic,
  { best, keywords }: Pick<TopicHarvest, 'best' | 'keywords'>,
  verdict: Verdict,
  own: ReadonlySet<string> = new Set(),
): Try[] {
  const spelt = best.flatMap(({ abstract }) => longForm(topic, abstract) ?? []).slice(0, 1);
  const wider = verdict === 'silent' || verdict === 'rare' ? widened(topic) : [];
  const narrower = verdict === 'broad' ? keywords.flatMap((keyword) => narrowed(topic, keyword)) : [];
  const tries: [Neighbour['kind'], string[]][] = [
    ['wider', [...spelt.map((long) => `${topic.written} OR "${long}"`), ...wider]],
    ['narrower', narrower],
    ['beside', verdict === 'broad' ? [] : keywords.map(asPhrase)],
  ];
  const seen = new Set([topic.query, ...own]);
  return tries
    .flatMap(([kind, texts]) => texts.map((text) => ({ kind, parsed: parseTopic(text) })))
    .flatMap(({ kind, parsed }) => {
      if (!parsed.ok || seen.has(parsed.topic.query)) return [];
      if (kind !== 'wider' && saysTheSame(topic, parsed.topic)) return [];
      seen.add(parsed.topic.query);
      return [{ kind, topic: parsed.topic }];
    })
    .slice(0, TRIED);
}

/** The topic with its phrases as free words, with each of its demands dropped in turn, and each of them alone. */
function widened({ ways }: ParsedTopic): string[] {
  const [way] = ways;
  if (!way || ways.length > 1) return [];
  const demands = demandsOf(way);
  const not = way.never.map((text) => `-"${text}"`);
  const without = demands.map((_, dropped) => demands.filter((__, n) => n !== dropped));
  const unquoted = way.phrases.length > 0 ? [demands.map((demand) => demand.replace(/^"(.*)"$/, '$1'))] : [];
  const alone = demands.length > 2 ? demands.map((demand) => [demand]) : [];
  return [...unquoted, ...without, ...alone]
    .filter((rest) => rest.length > 0)
    .map((rest) => [...rest, ...not].join(' '));
}

function narrowed({ written, ways }: ParsedTopic, keyword: string): string[] {
  return ways.length === 1 && !keyword.includes('"') ? [`${written} "${keyword}"`] : [];
}

const asPhrase = (keyword: string) => (/\s|-/.test(keyword) ? `"${keyword.replaceAll('"', '')}"` : keyword);

const demandsOf = ({ words, phrases, categories, authors }: Way) => [
  ...words.map(({ text }) => text),
  ...phrases.map((text) => `"${text}"`),
  ...categories.map((text) => `cat:${text}`),
  ...authors.map((text) => `author:"${text}"`),
];

/** “world models” beside “world model” is no news, and neither is the phrase. */
const saysTheSame = (one: ParsedTopic, other: ParsedTopic) => stemsOf(one) === stemsOf(other);

const stemsOf = ({ ways }: ParsedTopic) => {
  const texts = ways.flatMap(({ words, phrases, not, categories, authors }) => [
    ...words.map(({ forms }) => forms[0] ?? ''),
    ...[...phrases, ...not, ...categories, ...authors],
  ]);
  const stems = texts.flatMap((text) => text.split(/[\s-]+/)).map((word) => word.replace(/s$/, ''));
  return [...new Set(stems)].sort().join(' ');
};

function helps({ kind, total }: Neighbour, its: TopicHarvest): boolean {
  if (kind === 'wider') return total > its.total;
  return kind === 'narrower' ? total > 0 && total < 0.7 * its.total : total > 0;
}

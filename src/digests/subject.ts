import type { EditionPaper } from '../editions/edition.ts';
import { remembered } from '../lib/memo.ts';
import type { Digest } from './digest.ts';
import { legible, shorten } from './plain.ts';

const LONGEST = 90;

/**
 * What is inside, in at most 90 characters: "Mamba-3 and 6 more on state space models". The topics are those that
 * have papers today.
 */
export function subjectOf({ papers, trending }: Pick<Digest, 'papers' | 'trending'>): string {
  const [first] = papers;
  if (!first) return subjectOfTrending(trending);
  if (papers.length === 1) return legible(titleOf(first.paper), LONGEST);
  const start = `${nameOf(titleOf(first.paper), 44)} and ${papers.length - 1} more`;
  const topics = new Set(papers.flatMap(({ topic }) => topic ?? []));
  return (
    endings([...new Set([...topics].map(saidAloud))])
      .map((ending) => `${start} on ${ending}`)
      .find((subject) => subject.length <= LONGEST) ?? start
  );
}

/** A topic without what it leaves out, quotation marks and prefixes: “RL reasoning” for `RL reasoning -survey`. */
const saidAloud = remembered(5_000, (query) =>
  legible(
    query
      .replace(/(?<=\s)-(?:"[^"]*"|\S+)/g, '')
      .replace(/(?<!\S)(?:cat|author):/g, '')
      .replaceAll('"', '')
      .replace(/ OR /g, ' or '),
    LONGEST,
  ),
);

function subjectOfTrending([hottest, ...rest]: Digest['trending']): string {
  if (!hottest) return 'Nothing new today';
  const more = rest.length > 0 ? ` and ${rest.length} more` : '';
  return `Trending today: ${nameOf(titleOf(hottest.paper), LONGEST - 16 - more.length)}${more}`;
}

/** From the fullest to the shortest. */
function endings(topics: string[]): string[] {
  const [first, ...others] = topics;
  if (first === undefined) return [];
  const last = topics.at(-1);
  if (others.length === 0) return [first, 'your topic'];
  return [
    `${topics.slice(0, -1).join(', ')} and ${last}`,
    `${first} and ${others.length} other ${others.length === 1 ? 'topic' : 'topics'}`,
    'your topics',
  ];
}

/** What the inbox shows beside the subject: the other titles, or what the only paper says. */
export function preheaderOf({ papers, trending }: Pick<Digest, 'papers' | 'trending'>): string {
  const [first, ...more] = [...papers, ...trending];
  if (!first) return '';
  if (more.length === 0) return legible(first.paper.tldr ?? first.paper.abstract, 150);
  return shorten(
    `Also: ${more
      .slice(0, 5)
      .map(({ paper }) => nameOf(titleOf(paper), 60))
      .join(' · ')}`,
    150,
  );
}

/** A title may be nothing but signs that nobody sees. */
const titleOf = ({ id, title }: EditionPaper): string => (legible(title, 300) ? title : id);

/** "MolmoAct2: Action Reasoning Models…" goes by the name before its colon. */
export function nameOf(title: string, most: number): string {
  const name = nameIn(title);
  return name && name.length <= most ? name : legible(legible(title, 300), most);
}
const nameIn = remembered(2_000, (title) => /^(.{3,}?)(?:: | [–—] )/u.exec(legible(title, 300))?.[1] ?? '');

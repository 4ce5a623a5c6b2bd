/** A paper less relevant than this is not on a topic. */
export const CUT_OFF = 0.5;
/** What a word counts, in hundredths of one in the title, that the abstract bears once, twice, three times, more often. */
const IN_ABSTRACT = [65, 75, 80, 85];
/**
 * What is left, in hundredths, of the relevance of a paper in which no two words of the topic stand near each other. Of two
 * words that weigh the same, one in the title and the other once in the abstract are no match, twice they are: of 6,700
 * papers hardly one of the former was on its topic. However rare one is beside the other, it weighs at most 0.776, so that
 * neither alone ever makes a match.
 */
const STREWN = 60;
/**
 * Of a topic that is one word, which so many papers have, the abstract counts less by so many hundredths: said there once
 * and nowhere else it is no match. Most papers name a benchmark or reasoning once, and are on something else.
 */
const [COMMON, LESS] = [50, 16];

/** The topic's words and phrases that a paper bears, as the reader wrote them, each where it counts most. */
export type Said = { inTitle: string[]; inKeywords: string[]; inAbstract: string[] };

/** Why a paper is on a topic. */
export type Match = Said & {
  paperId: string;
  /** 0.5 (the cut-off) to 1. */
  relevance: number;
  /** The words alone do not reach the cut-off: the paper is close in meaning. */
  byMeaning: boolean;
};

/** How a paper bears a word: where it counts most, how often in all, and at which positions, if these are known. */
export type Hit = { place: keyof Said; times: number; positions: readonly number[] };

/** A word of a topic, how many papers have it (rarity.ts), and those of the papers in question that do. */
export type Word = { text: string; df: number; hits: ReadonlyMap<string, Hit> };

/**
 * The papers that are on a topic by its words, given in the reader's order. Relevance is coverage times cohesion: a paper
 * has the share of the topic's weight that it covers, a word in the title or the keywords wholly, one in the abstract by
 * IN_ABSTRACT (a common word alone by LESS less). Cohesion is 1 when all neighbours in the topic stand near each other in
 * the paper too, STREWN when none do, and in between by the weight of those that do.
 *
 * @param options.close thousandths, by paper: closeness in meaning fills up so large a share of what the words leave open
 */
export function relevantTo(
  words: Word[],
  { cutOff, close }: { cutOff: number; close: ReadonlyMap<string, number> },
): Match[] {
  const topic = weighed(words);
  const found: Match[] = [];
  for (const paperId of worthWeighing(topic, cutOff, close)) {
    const byWords = byTheWords(topic, paperId);
    const thousandths = close.get(paperId) ?? 0;
    // As the chance that a paper is on the topic by its words or by its meaning.
    const relevance = thousandths > 0 ? 1 - ((1 - byWords) * (1000 - thousandths)) / 1000 : byWords;
    if (relevance < cutOff) continue;
    const byMeaning = thousandths > 0 && byWords < CUT_OFF;
    found.push({ paperId, relevance, ...saidBy(topic, paperId), byMeaning });
  }
  return found;
}

/** `joint` is what a word weighs with the one before it, `beside` with both its neighbours. */
type Weighed<Term = Word> = {
  terms: (Term & { weight: number; joint: number; beside: number })[];
  total: number;
  joints: number;
  less: number;
};

/** @param words in the reader's order */
export function weighed<Term extends { df: number }>(words: Term[]): Weighed<Term> {
  const most = Math.max(...words.map(({ df }) => df));
  const weights = words.map(({ df }) => weightOf(df, most));
  const joints = weights.map((weight, n) => (n > 0 ? (weights[n - 1] ?? 0) + weight : 0));
  return {
    terms: words.map((word, n) => ({
      ...word,
      weight: weights[n] ?? 0,
      joint: joints[n] ?? 0,
      beside: (joints[n] ?? 0) + (joints[n + 1] ?? 0),
    })),
    total: sum(weights),
    joints: sum(joints),
    less: words.length === 1 && most >= COMMON ? LESS : 0,
  };
}

/**
 * What a word weighs beside the others of its topic, in whole millionths, so that no order of summing changes a result.
 *
 * @param most the df of the topic's commonest word: not how many papers there are, so that one that has no word of a
 *   topic changes nothing about it
 */
const weightOf = (df: number, most: number): number =>
  Math.round(1e6 * Math.sqrt(Math.log(1 + (most + 1) / (df + 0.5))));

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The words without which no paper can reach the cut-off. */
export const requiredOf = <Term>({ terms, total, joints }: Weighed<Term>, cutOff: number) =>
  terms.filter(
    (term) => (total - term.weight) * cohesion(joints - term.beside, joints) < cutOff * 100 * total,
  );

/** Papers with a required word, the rarest; where none is so, with any. And the close ones. */
function worthWeighing(topic: Weighed, cutOff: number, close: ReadonlyMap<string, number>): Iterable<string> {
  const { terms } = topic;
  const [required] = requiredOf(topic, cutOff).sort((one, other) => one.hits.size - other.hits.size);
  if (required && close.size === 0) return required.hits.keys();
  const sought = required ? [required] : terms;
  return new Set([...sought.flatMap(({ hits }) => [...hits.keys()]), ...close.keys()]);
}

function byTheWords({ terms, total, joints, less }: Weighed, paperId: string): number {
  let [covered, near] = [0, 0];
  let before: Hit | undefined;
  for (const { hits, weight, joint } of terms) {
    const hit = hits.get(paperId);
    if (hit) covered += weight * (hit.place === 'inAbstract' ? creditOf(hit) - less : 100);
    if (hit && before && areNear(before, hit)) near += joint;
    before = hit;
  }
  return covered === 0 ? 0 : (covered * cohesion(near, joints)) / (10_000 * total);
}

const creditOf = ({ times }: Hit): number => IN_ABSTRACT[Math.min(times, IN_ABSTRACT.length) - 1] ?? 0;

/** In hundredths, by what the neighbours weigh that stand near each other, of what all weigh. */
const cohesion = (near: number, joints: number): number =>
  joints === 0 ? 100 : STREWN + ((100 - STREWN) * near) / joints;

/**
 * Near is within four places, and never across the end of a sentence (papers/text.ts). Of two grids, eight places wide and
 * shifted by four, what is within four places shares a cell of one, and what shares one is within seven.
 */
const areNear = (one: Hit, other: Hit): boolean =>
  one.positions.some((p) => other.positions.some((q) => p >> 3 === q >> 3 || (p + 4) >> 3 === (q + 4) >> 3));

function saidBy({ terms }: Weighed, paperId: string): Said {
  const said: Said = { inTitle: [], inKeywords: [], inAbstract: [] };
  for (const { text, hits } of terms) {
    const hit = hits.get(paperId);
    if (hit) said[hit.place].push(text);
  }
  return said;
}

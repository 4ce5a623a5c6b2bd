import type { App } from '../../src/app.ts';
import { storePapers } from '../../src/papers/store.ts';
import type { Corpus, Phrasing, Question } from './corpus.ts';
import { mean, ndcgAt, recallAt, type Scored, share } from './measures.ts';
import { type Method, methodsOf } from './methods.ts';

/** How well a method answers questions of one phrasing; not a number where nobody knows. */
export type Figures = {
  recallAt10: number;
  recallAt20: number;
  recallAt50: number;
  ndcgAt10: number;
  /** Papers from the cut-off on, of all topics together that have some. */
  sent: number;
  /** Of these the share that is right. */
  precision: number;
  /** Of all papers that are right, the share from the cut-off on. */
  recall: number;
  /** Papers from the cut-off on of topics that have none. */
  astray: number;
};
export type Measured = { name: string } & Record<Phrasing, Figures>;

/** Stores the papers and lets each method answer the questions. */
export async function measureMatching(app: App, corpus: Corpus): Promise<Measured[]> {
  await storePapers(app, corpus.papers, { measuredAt: app.now() });
  await app.db.$executeRaw`ANALYZE papers`;
  const measured: Measured[] = [];
  for (const method of methodsOf(app)) measured.push(await measure(app, method, corpus));
  return measured;
}

async function measure(app: App, method: Method, { questions, complete }: Corpus): Promise<Measured> {
  const found = await method.find(app, [...new Set(questions.map(({ text }) => text))]);
  const answers = questions.map((question) => ({ ...question, found: found.get(question.text) ?? [] }));
  const of = (phrasing: Phrasing) => answers.filter((answer) => answer.phrasing === phrasing);
  const cutOff = method.cutOff === 'kindest' ? kindest(of('plain')) : method.cutOff;
  const figures = (phrasing: Phrasing) => figuresOf(of(phrasing), cutOff, complete);
  return {
    name: method.name,
    plain: figures('plain'),
    paraphrase: figures('paraphrase'),
    exact: figures('exact'),
  };
}

type Answer = Question & { found: Scored[] };

function figuresOf(answers: Answer[], cutOff: number, complete: boolean): Figures {
  const about = answers.filter(({ grades }) => grades.size > 0);
  const recall = (k: number) => mean(about.map(({ found, grades }) => recallAt(k, found, grades)));
  const known = (value: number) => (complete ? value : Number.NaN);
  const sent = sentFrom(cutOff, about);
  return {
    recallAt10: recall(10),
    recallAt20: recall(20),
    recallAt50: recall(50),
    ndcgAt10: known(mean(about.map(({ found, grades }) => ndcgAt(10, found, grades)))),
    sent: sent.papers,
    precision: known(sent.right / sent.papers),
    recall: sent.right / sent.wanted,
    astray: known(sentFrom(cutOff, answers).papers - sent.papers),
  };
}

function sentFrom(cutOff: number, answers: Answer[]): { papers: number; right: number; wanted: number } {
  let [papers, right, wanted] = [0, 0, 0];
  for (const { found, grades } of answers) {
    const sent = found.filter(({ score }) => score >= cutOff);
    papers += sent.length;
    right += sent.filter(({ id }) => grades.has(id)).length;
    wanted += grades.size;
  }
  return { papers, right, wanted };
}

/** The cut-off with the best harmonic mean of precision and recall. */
function kindest(answers: Answer[]): number {
  const f1 = (cutOff: number) => {
    const { papers, right, wanted } = sentFrom(cutOff, answers);
    return (2 * right) / (papers + wanted);
  };
  const scores = [...new Set(answers.flatMap(({ found }) => found.map(({ score }) => score)))];
  return scores.reduce((best, score) => (f1(score) > f1(best) ? score : best), Number.POSITIVE_INFINITY);
}

/** A line a method, for plain words and paraphrases side by side. */
export function matchingTable(measured: Measured[]): string[][] {
  const names = ['R@10', 'R@20', 'R@50', 'nDCG', 'sent', 'P', 'R', 'astray'];
  return [
    ['', ...names, '', ...names],
    ...measured.map(({ name, plain, paraphrase }) => [name, ...cells(plain), '|', ...cells(paraphrase)]),
  ];
}

const cells = ({ sent, precision, recall, astray, ...shares }: Figures): string[] => [
  ...Object.values(shares).map(share),
  String(sent),
  share(precision),
  share(recall),
  Number.isNaN(astray) ? '–' : String(astray),
];

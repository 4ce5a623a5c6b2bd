import { beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { storePapers } from '../../src/papers/store.ts';
import { testApp } from '../support/app.ts';
import { corpusOf } from './corpus.ts';
import { type Measured, measureMatching } from './matching.ts';
import { methodsOf } from './methods.ts';
import { ownApp } from './own-app.ts';

const corpus = corpusOf(undefined);
/** What a method finds, with the scores. */
const found = (app: App, name: string) =>
  methodsOf(app)
    .find((method) => method.name === name)
    ?.find(app, [...new Set(corpus.questions.map(({ text }) => text))]);
let measured: Measured[];
let scores: Awaited<ReturnType<typeof found>>;
const of = (name: string) => {
  const found = measured.find((method) => method.name === name);
  if (!found) throw new Error(name);
  return found;
};

beforeAll(async () => {
  const app = await testApp();
  measured = await measureMatching(app, corpus);
  scores = await found(app, 'what ships, uncut');
  await app.close();
});

test.each(['all words (websearch_to_tsquery)', 'any word (ts_rank_cd)', 'BM25', 'idf coverage'])(
  'what ships orders papers better than %s, and what it sends is more often right',
  (name) => {
    const [ours, theirs] = [of('what ships').plain, of(name).plain];
    expect(ours.ndcgAt10).toBeGreaterThan(theirs.ndcgAt10);
    expect(ours.precision).toBeGreaterThan(theirs.precision);
    expect(ours.recall).toBeGreaterThan(theirs.recall);
    expect(ours.astray).toBeLessThanOrEqual(theirs.astray);
  },
);

test('search finds what an edition matches', () => {
  expect(of('what ships, as search').plain.recall).toBe(of('what ships').plain.recall);
});

test('what fails an author, a category or an exclusion is never sent', () => {
  expect(of('what ships').exact).toMatchObject({ precision: 1, astray: 0 });
});

test('an author or a category alone brings all the papers that have it, and no others', () => {
  const alone = corpus.questions.filter(({ text }) => /^(?:author:"[^"]*"|cat:\S+)$/.test(text));
  expect(alone).not.toEqual([]);
  for (const { text, grades } of alone)
    expect([text, (scores?.get(text) ?? []).map(({ id }) => id).sort()]).toEqual([
      text,
      [...grades.keys()].sort(),
    ]);
});

test('a score never leaves 0 to 1, also below the cut-off', () => {
  const all = [...(scores ?? new Map()).values()].flat();
  expect(all.length).toBeGreaterThan(500);
  for (const { score } of all) expect(score > 0 && score <= 1).toBe(true);
});

test('another database says the same, to the last digit of every score', async () => {
  const app = await ownApp({});
  await storePapers(app, corpus.papers, { measuredAt: app.now() });
  expect(await found(app, 'what ships, uncut')).toEqual(scores);
  await app.close();
}, 120_000);

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTerminal } from '../../src/commands/command.ts';
import { runStatus } from '../../src/commands/status.ts';
import { explain } from '../../src/delivery/explain.ts';
import { settleLedgers } from '../../src/delivery/settle.ts';
import { matchedBy } from '../../src/digests/reasons.ts';
import { loadEdition, matchesOf } from '../../src/editions/edition.ts';
import { harvest } from '../../src/editions/harvest.ts';
import { likenessTo } from '../../src/editions/likeness.ts';
import { matchMissing, previewMatches } from '../../src/editions/matching.ts';
import { publish } from '../../src/editions/publish.ts';
import type { Embedder } from '../../src/lib/embedder.ts';
import { CUT_OFF } from '../../src/topics/relevance.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { addPapers, type TestPaper } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';
import { tinyEmbedder, vocabularyOf } from '../support/tiny-model.ts';
import { topic } from '../support/topics.ts';

const date = '2026-05-06';
/** Words of papers that are about something else. */
const others = Array.from({ length: 60 }, (_, n) => `subject${n}`);
const vocabulary = vocabularyOf([
  'ai neural',
  'writes write writing synthesis generation',
  'software program programs code',
  'large',
  'language',
  'model',
  ...others,
]);

/** Two that say it in other words, one of which is a survey; and thirty about something else. */
const papers: TestPaper[] = [
  {
    id: '2605.00001',
    title: 'Neural program synthesis',
    abstract: 'Programs, synthesis.',
    categories: ['cs.SE'],
  },
  { id: '2605.00002', title: 'Neural code generation: survey', abstract: 'Code.', categories: ['cs.PL'] },
  ...Array.from({ length: 30 }, (_, n) => ({
    id: `2605.001${n + 10}`,
    title: `${others[n]} ${others[n + 30]}`,
    abstract: `${others[(n * 7) % 60]} ${others[(n * 11) % 60]}`,
  })),
];
const PARAPHRASE = 'AI writes software';

async function opened(embedder: Embedder | null, some = papers): Promise<TestApp> {
  const app = await testApp({ env: { SOURCES: 'huggingface' }, embedder });
  await addPapers(app, some);
  app.setNow('2026-05-07T02:00:00Z');
  return app;
}

async function found(app: TestApp, text: string) {
  const { matches } = await previewMatches(app, date, [topic(text)]);
  return [...matches.values()].flat();
}
const ids = async (app: TestApp, text: string) =>
  (await found(app, text)).map(({ paperId }) => paperId.slice(-1)).sort();

const statusOf = async (app: TestApp) => (await runStatus(app, openTerminal(false))).lines;

describe('with a model of meaning', () => {
  const embedder = tinyEmbedder(vocabulary);
  let app: TestApp;
  beforeAll(async () => {
    app = await opened(embedder);
    await publish(app, { date });
  });
  afterAll(() => app.close());

  test('a topic finds papers that share no word with it, and none that are about something else', async () => {
    const matched = await found(app, PARAPHRASE);
    expect(matched.map(({ paperId }) => paperId).sort()).toEqual(['2605.00001', '2605.00002']);
    for (const { relevance, byMeaning } of matched) {
      expect(relevance >= CUT_OFF && relevance <= 1).toBe(true);
      expect(byMeaning).toBe(true);
    }
    const [paper] = papers;
    expect(
      matchedBy(
        { query: 'ai writes software', match: matched[0] ?? fail() },
        { abstract: '', ...(paper ?? fail()) },
      ),
    ).toBe('close in meaning to “ai writes software”');
  });

  test('what a topic demands and what it excludes holds for these too, on each side of an OR by itself', async () => {
    expect(await ids(app, `${PARAPHRASE} -survey`)).toEqual(['1']);
    expect(await ids(app, `${PARAPHRASE} cat:cs.PL`)).toEqual(['2']);
    expect(await ids(app, `${PARAPHRASE} "program synthesis"`)).toEqual(['1']);
    expect(await ids(app, `${PARAPHRASE} author:"Kaiming He"`)).toEqual([]);
    expect(await ids(app, `${PARAPHRASE} "nobody says so" OR subject1 subject2 cat:cs.PL`)).toEqual([]);
  });

  test('what the words bring is brought as before, and never with less relevance', async () => {
    const plain = await opened(null);
    await publish(plain, { date });
    for (const text of [
      'program synthesis',
      'subject3 subject33',
      'code',
      'subject4 OR subject5 subject6',
      'cat:cs.SE',
    ]) {
      const relevance = new Map((await found(app, text)).map((match) => [match.paperId, match.relevance]));
      const before = await found(plain, text);
      expect(before.length).toBeGreaterThan(0);
      for (const match of before)
        expect(relevance.get(match.paperId)).toBeGreaterThanOrEqual(match.relevance);
    }
  });

  test('an edition keeps its matches, explain says what they owe to meaning and what falls short', async () => {
    const { topicIds } = await addReader(app, { topics: [PARAPHRASE, 'neural subject7'] });
    await publish(app, { date });
    const stored = (await matchesOf(app.db, date, topicIds)).get(topicIds[0] ?? '') ?? [];
    expect(stored).toEqual(await found(app, PARAPHRASE));
    const { lines } = await explain(app, 'ada@example.org', '2605.00001');
    expect(lines).toContainEqual(
      expect.stringMatching(/“AI writes software”: matched [01]\.\d\d, which it owes to its meaning\./),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /“neural subject7”: matched 0\.\d\d with a closeness in meaning of \d\.\d\d, below 0\.50/,
      ),
    );
  });

  test('a topic that is new since the edition was made is matched by its meaning too', async () => {
    const { topicIds } = await addReader(app, { topics: ['neural writing'], email: 'new@example.org' });
    expect(await matchMissing(app, date, topicIds)).toBe(1);
    expect((await matchesOf(app.db, date, topicIds)).get(topicIds[0] ?? '')).toHaveLength(2);
  });

  test('what topics would have brought counts these papers', async () => {
    const [brought] = (await harvest(app, [topic(PARAPHRASE)]))?.topics ?? [];
    expect(brought).toMatchObject({ total: 2, best: [{ byMeaning: true }, { byMeaning: true }] });
  });

  test('more like this goes by meaning, and by words where a paper has no vector', async () => {
    const edition = (await loadEdition(app.db, date)) ?? fail();
    const likeTo = async (one: Pick<TestApp, 'db' | 'embedder'>) =>
      (await likenessTo(one, { ...edition }, ['2605.00001'])).get('2605.00001') ?? fail();
    const [meant, worded] = [await likeTo(app), await likeTo({ ...app, embedder: null })];
    expect(meant.get('2605.00002')).toBeGreaterThan(0.25);
    expect(worded.get('2605.00002') ?? 0).toBeLessThan(0.25);
    for (const likeness of meant.values()) expect(likeness >= 0.08 && likeness <= 1).toBe(true);
    expect(await likeTo({ ...app, embedder: tinyEmbedder(vocabulary, 'not asked yet') })).toEqual(worded);
  });

  test('abbreviations are given to it written out', async () => {
    await found(app, 'LLM "world model"');
    expect(embedder.asked.at(-1)).toBe('large language model world model');
  });

  test('status says how much of the edition it has read', async () => {
    expect(await statusOf(app)).toContain('  meaning, by tiny: all papers read');
  });
});

test('each paper and topic is read once by each model, by and by', async () => {
  const embedder = tinyEmbedder(vocabulary);
  const app = await opened(embedder);
  await addReader(app, { topics: [PARAPHRASE, 'cat:cs.SE', 'subject4 OR subject5'] });
  for (let times = 0; times < 2; times++) {
    await publish(app, { date });
    await settleLedgers(app);
    // Of a paper the whole and its title, of a topic each way that has words.
    expect(embedder.asked).toHaveLength(2 * papers.length + 3);
  }
  const other = { ...app, embedder: tinyEmbedder(vocabulary, 'other') };
  await settleLedgers(other);
  expect(await app.db.paperVector.count({ where: { model: 'other' } })).toBe(papers.length);
  expect(await app.db.wayVector.count({ where: { model: 'other' } })).toBe(3);
  expect(await found(app, PARAPHRASE)).toEqual([]);
  expect(await found(other, PARAPHRASE)).toHaveLength(2);
});

test('of a handful of papers nobody can tell what chance is, so the words decide alone', async () => {
  const app = await opened(tinyEmbedder(vocabulary), papers.slice(0, 15));
  await publish(app, { date });
  expect(await found(app, PARAPHRASE)).toEqual([]);
  expect(await ids(app, 'program synthesis')).toEqual(['1']);
});

test('a model that fails stops no edition: the words decide, and log and status say so', async () => {
  const warnings: unknown[] = [];
  const nothing = () => {};
  const log = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (...said: unknown[]) => warnings.push(said.at(-1)),
  };
  const broken = { model: 'broken', embed: async () => Promise.reject(new Error('out of memory')) };
  const app = await testApp({ env: { SOURCES: 'huggingface' }, embedder: broken, log });
  await addPapers(app, papers);
  app.setNow('2026-05-07T02:00:00Z');
  await addReader(app, { topics: [PARAPHRASE, 'program synthesis'] });
  expect(await publish(app, { date })).toMatchObject({ status: 'published', papers: 32, topics: 2 });
  expect(await ids(app, 'program synthesis')).toEqual(['1']);
  await settleLedgers(app);
  expect(warnings).toContain('no vectors: what lacks them matches by its words alone');
  expect(await statusOf(app)).toContain(
    '  meaning, by broken: 0 of 32 papers read; the others match by their words alone (where it stays so: paperboy doctor)',
  );
});

test('without one nothing is read or stored', async () => {
  const app = await opened(null);
  await publish(app, { date });
  await settleLedgers(app);
  expect(await found(app, PARAPHRASE)).toEqual([]);
  expect(await app.db.paperVector.count()).toBe(0);
  expect((await statusOf(app)).join()).not.toContain('meaning');
});

function fail(): never {
  throw new Error('there is none');
}

import { beforeEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/delivery/explain.ts';
import { startOf } from '../../src/lib/day.ts';
import { testApp } from '../support/app.ts';
import { addEdition } from '../support/papers.ts';
import { addReader } from '../support/readers.ts';

const id = (n: number) => `2605.000${String(n).padStart(2, '0')}`;
/** Fourteen on decoding, then others that are hotter than any of those. */
const DECODING = 14;
const HOT = 25;

const app = await testApp({ env: { SOURCES: 'huggingface' } });
await addEdition(app, [
  ...Array.from({ length: DECODING }, (_, n) => ({
    id: id(n + 1),
    title: 'Speculative decoding',
    votes: 50 - n,
  })),
  ...Array.from({ length: HOT }, (_, n) => ({
    id: id(n + 51),
    title: n === 0 ? 'Surveys of proteins' : 'Proteins that fold',
    votes: 500 - n,
  })),
]);
beforeEach(() => app.db.$executeRaw`TRUNCATE subscribers, edition_topics CASCADE`);

async function delivered(subscriberId: string, date: string, paperIds: string[], topics: string[]) {
  if (date !== '2026-05-06')
    await app.db.edition.upsert({
      where: { date: startOf(date) },
      create: { date: startOf(date), publishedAt: app.now(), asOf: app.now(), opensAt: app.now() },
      update: {},
    });
  const papers = paperIds.map((one) => ({ id: one, topic: topics[0] ?? null, reasons: ['a fact'] }));
  await app.db.delivery.create({
    data: {
      subscriberId,
      editionDate: startOf(date),
      status: 'sent',
      settledAt: app.now(),
      paperIds,
      choices: { topics, papers, trending: [] },
      nextAttemptAt: app.now(),
      createdAt: app.now(),
    },
  });
}

const told = async (paper: string) => (await explain(app, 'ada@example.org', paper)).lines.join('\n');

describe('explaining', () => {
  test('a topic that the edition has not been matched with yet is matched first', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    expect(await told(id(1))).toContain('“speculative decoding”: matched 1.00');
  });

  test('a paper may be named by its address', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    expect(await told('https://doi.org/10.48550/arXiv.2605.00001')).toContain('matched 1.00');
  });

  test('what names no paper is told', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    expect(await explain(app, 'ada@example.org', 'https://example.org/2605.00001')).toEqual({
      found: false,
      lines: [expect.stringContaining('no arXiv id')],
    });
  });

  test('a paper that others kept out has its place among those', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    const lines = await told(id(11));
    expect(lines).toContain('11th of 14 new papers on “speculative decoding”');
    expect(lines).toContain('at most 10 papers');
  });

  test('a paper that will be in the digest is not said to be left out', async () => {
    await addReader(app, { topics: ['speculative decoding'] });
    const lines = await told(id(10));
    expect(lines).toContain('would be in the digest');
    expect(lines).not.toContain('at most');
  });

  test('a paper that was sent before is not sent again', async () => {
    const { id: subscriberId } = await addReader(app, { topics: ['speculative decoding'] });
    await delivered(subscriberId, '2026-05-05', [id(1)], ['speculative decoding']);
    const lines = await told(id(1));
    expect(lines).toContain('In the digest of 2026-05-05 (sent on 2026-05-07): a fact.');
    expect(lines).toContain('Not again: it was in the digest of 2026-05-05.');
    expect(await told(id(12))).toContain('11th of 13 new papers');
  });

  test('a paper in this edition’s digest needs no more words', async () => {
    const { id: subscriberId } = await addReader(app, { topics: ['speculative decoding'] });
    await delivered(subscriberId, '2026-05-06', [id(1)], ['speculative decoding']);
    const lines = await told(id(1));
    expect(lines).toContain('In the digest of 2026-05-06 (sent on 2026-05-07): a fact.');
    expect(lines).not.toContain('would be');
  });

  test('a digest that was chosen with other topics is said to be so', async () => {
    const { id: subscriberId } = await addReader(app, { topics: ['speculative decoding'] });
    await delivered(subscriberId, '2026-05-06', [id(60)], ['proteins']);
    expect(await told(id(1))).toContain('chosen before');
  });

  test('a paper outside the topics is trending, or not, or not wanted', async () => {
    await addReader(app, { topics: ['speculative decoding -surveys'] });
    expect(await told(id(52))).toContain('would be in the digest as a trending paper');
    expect(await told(id(58))).toContain('not among the 3 trending papers');
    expect(await told(id(51))).toContain('excluded by “-surveys”');
    await app.db.subscriber.updateMany({ data: { trending: false } });
    expect(await told(id(52))).toContain('wants no trending papers');
  });

  test('a reader whose topics bring nothing gets no digest', async () => {
    await addReader(app, { topics: ['Quantum gravity'] });
    const lines = await told(id(52));
    expect(lines).toContain('“Quantum gravity”: matched 0.00, below 0.50, missing “Quantum” and “gravity”.');
    expect(lines).toContain('no paper on the topics');
  });

  test('a topic that demands more than words is not said to be below a cut-off', async () => {
    await addReader(app, { topics: ['"protein folding machine"'] });
    const lines = await told(id(52));
    expect(lines).not.toContain('cut-off');
    expect(lines).toContain('lacks what the topic demands');
  });
});

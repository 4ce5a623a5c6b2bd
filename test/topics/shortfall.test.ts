import { expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { nearnessTo } from '../../src/topics/shortfall.ts';
import { testApp } from '../support/app.ts';
import { addPapers } from '../support/papers.ts';

const DAY = '2026-05-06';
const ID = '2605.00001';

const app = await testApp({ env: { SOURCES: 'huggingface' } });
await addPapers(app, [
  {
    id: ID,
    title: 'Speculative decoding of speech',
    abstract: 'A survey.',
    authors: ['Ada Lovelace'],
    categories: ['cs.CL'],
  },
  { id: '2605.00002', title: 'Proteins that fold' },
]);

test('a paper falls short of each topic by what that topic asks for', async () => {
  const near = await nearnessTo(app, DAY, ID, [
    'speculative decoding -survey',
    'protein folding',
    '"speculative protein"',
    'cat:cs.CV author:"Yann LeCun" speech',
    'author:"Ada Lovelace"',
  ]);
  expect(near.get('speculative decoding -survey')).toEqual({
    relevance: 1,
    closeness: null,
    missing: [],
    lacks: [],
    has: ['survey'],
  });
  expect(near.get('protein folding')).toMatchObject({ relevance: 0, missing: ['protein', 'folding'] });
  expect(near.get('"speculative protein"')?.lacks).toEqual(['"speculative protein"']);
  expect(near.get('cat:cs.CV author:"Yann LeCun" speech')).toMatchObject({
    relevance: 1,
    lacks: ['cat:cs.CV', 'author:"yann lecun"'],
  });
  expect(near.get('author:"Ada Lovelace"')?.lacks).toEqual([]);
});

test('of a topic’s ways the one counts in which the paper comes nearest', async () => {
  const near = await nearnessTo(app, DAY, ID, ['protein folding OR speech robots', 'cat:cs.CV OR speech']);
  expect(near.get('protein folding OR speech robots')?.missing).toEqual(['robots']);
  expect(near.get('cat:cs.CV OR speech')).toMatchObject({ relevance: 1, lacks: [] });
});

test('what cannot be read as a topic has no nearness', async () => {
  expect([...(await nearnessTo(app, DAY, ID, ['"', 'speech'])).keys()]).toEqual(['speech']);
});

test('twenty topics take as many statements as one', async () => {
  let statements = 0;
  const db = app.db.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        statements += 1;
        return query(args);
      },
    },
  }) as unknown as App['db'];
  await nearnessTo({ ...app, db }, DAY, ID, ['speech OR proteins']);
  const ofOne = statements;
  expect(ofOne).toBeGreaterThan(0);
  await nearnessTo(
    { ...app, db },
    DAY,
    ID,
    Array.from({ length: 20 }, (_, n) => `speech number${n} OR proteins`),
  );
  expect(statements).toBe(2 * ofOne);
});

import { expect, test } from 'vitest';
import { Prisma } from '../../src/lib/db.ts';
import { hitsOf } from '../../src/topics/hits.ts';
import { testApp } from '../support/app.ts';

const { db } = await testApp();

/** A paper for each tsvector. */
const papers = (...vectors: string[]) => Prisma.sql`
  SELECT n::text AS id, vector::tsvector AS lexemes FROM unnest(${vectors}::text[]) WITH ORDINALITY AS t (vector, n)`;

test('a paper bears a word where it counts most, so many times, at these positions', async () => {
  const hits = await hitsOf(
    db,
    ['flow', 'match', 'video', 'absent'],
    papers(`'flow':1A,9B,40 'match':10B,41C 'video':7C,8`, `'video':3A`),
  );
  expect(hits).toEqual(
    new Map([
      ['flow', new Map([['1', { place: 'inTitle', times: 3, positions: [1, 9, 40] }]])],
      ['match', new Map([['1', { place: 'inKeywords', times: 2, positions: [10, 41] }]])],
      [
        'video',
        new Map([
          ['1', { place: 'inAbstract', times: 2, positions: [7, 8] }],
          ['2', { place: 'inTitle', times: 1, positions: [3] }],
        ]),
      ],
      ['absent', new Map()],
    ]),
  );
});

test.each([[['o:1', 'back\\slash', 'a,b', 'c d', 'é']], [Array.from({ length: 250 }, (_, n) => `word${n}`)]])(
  'of few lexemes and of many, whatever they are spelt with: %j',
  async (lexemes) => {
    const vector = lexemes.map((lexeme, n) => `'${lexeme.replaceAll('\\', '\\\\')}':${n + 1}C`).join(' ');
    const hits = await hitsOf(db, lexemes, papers(`${vector} 'o''neill':99A`, `'other':1A`));
    for (const [n, lexeme] of lexemes.entries())
      expect([...(hits.get(lexeme) ?? [])]).toEqual([
        ['1', { place: 'inAbstract', times: 1, positions: [n + 1] }],
      ]);
  },
);

test('a word that Postgres parts has a place, and no positions', async () => {
  const parted = `'foo' <-> 'bar'`;
  const hits = await hitsOf(
    db,
    [parted, 'foo'],
    papers(`'foo':1A,9C 'bar':10C`, `'foo':1A 'bar':2A`, `'foo':1A`),
  );
  expect([...(hits.get(parted) ?? [])]).toEqual([
    ['1', { place: 'inAbstract', times: 1, positions: [] }],
    ['2', { place: 'inTitle', times: 1, positions: [] }],
  ]);
  expect(hits.get('foo')?.size).toBe(3);
});

import { expect, test } from 'vitest';
import { rarityOf } from '../../src/topics/rarity.ts';
import { testApp } from '../support/app.ts';

const { db } = await testApp();
const others = Array.from({ length: 100 }, (_, n) => `other${n}`);

test('the newest 2000 papers up to the day say how rare a word is, when few are asked for and when many', async () => {
  const [old, recent, later] = [`'old':1A`, `'new':1A 'word':2A`, `'word':1A 'later':2A`];
  await db.$executeRaw`
    INSERT INTO papers (id, title, abstract, authors, author_keys, keywords, categories, listed_on, source, first_seen_at, updated_at, lexemes)
    SELECT '2605.' || n, '', '', '{}', '{}', '{}', '{}', listed_on, 'huggingface', listed_on, listed_on, vector::tsvector
    FROM (
      SELECT 10000 + n AS n, '2026-05-06'::date AS listed_on, CASE WHEN n <= 5 THEN ${old} ELSE ${recent} END AS vector
      FROM generate_series(1, 2002) AS n
      UNION ALL SELECT 20000, '2026-05-07', ${later}
    ) AS papers`;
  const asked = ['old', 'new', `'new' <-> 'word'`, 'later', 'absent'];
  for (const lexemes of [asked, [...asked, ...others]]) {
    const dfs = async (date: string) => {
      const rarity = await rarityOf(db, lexemes, date);
      return asked.map((lexeme) => rarity.get(lexeme) ?? 0);
    };
    expect(await dfs('2026-05-05')).toEqual([0, 0, 0, 0, 0]);
    expect(await dfs('2026-05-06')).toEqual([3, 1997, 1997, 0, 0]);
    expect(await dfs('2026-05-07')).toEqual([2, 1997, 1997, 1, 0]);
  }
});
